"""Several nets and solvers at the same time, in threads: each as if it were alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from protonet import pycaffe as caffe
from tests.pycaffe.nets import NOISE, solver_file


def train(folder: Path, index: int) -> dict[str, np.ndarray]:
    """Two solvers of one thread, step by step in turns."""
    caffe.set_random_seed(index)
    path = solver_file(folder, momentum=0.9)
    solvers = [caffe.SGDSolver(path), caffe.AdamSolver(path)]
    for _ in range(10):
        for solver in solvers:
            solver.step(1)
    return {
        f"{i} {name}": solver.net.params[name][0].data.copy()
        for i, solver in enumerate(solvers)
        for name in solver.net.params
    }


def score(index: int) -> list[np.ndarray]:
    caffe.set_random_seed(index)
    net = caffe.Net(NOISE, caffe.TEST)
    return [net.forward(blobs=["score"])["score"].copy() for _ in range(10)]


def test_solvers_in_threads(tmp_path):
    folders = [tmp_path / str(i) for i in range(4)]
    for folder in folders:
        folder.mkdir()
    alone = [train(folder, i) for i, folder in enumerate(folders)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(train, folders, range(4)))
    for one, other in zip(alone, together):
        assert one.keys() == other.keys()
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])
    assert (alone[0]["0 ip"] != alone[1]["0 ip"]).any()


def test_nets_in_threads():
    alone = [score(i) for i in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(score, range(4)))
    np.testing.assert_array_equal(alone, together)
