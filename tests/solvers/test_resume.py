"""Interrupted at any iteration and gone on with, a training ends with the same bits: for
every rule and every source of data, whatever the number of threads."""

from __future__ import annotations

from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from protonet.data.datum import encode_datum
from protonet.data.sources.lmdb import LmdbWriter
from protonet.kernels import threads
from protonet.solvers import Callback, Solver, get_solver
from tests.solvers.toy import params, text

LAST = 4  # iterations: 7 items in batches of 4, so that passes end within batches
RULES = {"SGD": 0.9, "Nesterov": 0.9, "AdaGrad": 0, "RMSProp": 0, "AdaDelta": 0.9, "Adam": 0.9}


def source(kind: str, settings: str, transform: str = "crop_size: 4 mirror: true") -> str:
    both = f"transform_param {{ {transform} }}" if transform else ""
    return f'layer {{ name: "in" type: "{kind}" top: "x" top: "y" {settings} {both} }}'


LMDB = 'data_param { source: "store" batch_size: 4 backend: LMDB }'
DUMMY = """layer { name: "in" type: "DummyData" top: "x" top: "cont" top: "y"
  dummy_data_param { shape { dim: 3 dim: 4 dim: 5 } shape { dim: 3 dim: 4 } shape { dim: 3 }
    data_filler { type: "gaussian" } data_filler { value: 1 } data_filler { value: 2 } } }"""
SOURCES = {
    "lmdb": source("Data", LMDB),
    "hdf5": source(
        "HDF5Data", 'hdf5_data_param { source: "h5.txt" batch_size: 4 shuffle: true }', ""
    ),
    "images": source(
        "ImageData",
        'image_data_param { source: "images.txt" batch_size: 4 '
        "shuffle: true rand_skip: 3 new_height: 6 new_width: 6 }",
    ),
    "windows": source(
        "WindowData", 'window_data_param { source: "windows.txt" batch_size: 4 fg_fraction: 0.5 }'
    ),
    "python": source(
        "Python", 'python_param { module: "tests.solvers.user_layers" layer: "RandomData" }', ""
    ),
    "lstm": DUMMY
    + """layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "h"
        recurrent_param { num_output: 3 weight_filler { type: "uniform" min: -0.5 max: 0.5 } } }""",
    "rnn": DUMMY
    + """layer { name: "rnn" type: "RNN" bottom: "x" bottom: "cont" top: "h"
        recurrent_param { num_output: 3 weight_filler { type: "uniform" min: -0.5 max: 0.5 } } }""",
}
SOURCES["several"] = SOURCES["lmdb"] + (
    source(
        "ImageData", 'image_data_param { source: "images.txt" batch_size: 4 shuffle: true }'
    ).replace(
        'name: "in" type: "ImageData" top: "x" top: "y"', 'name: "more" type: "ImageData" top: "x2"'
    )
    + 'layer { name: "quiet" type: "Silence" bottom: "x2" }'
)

HEAD = """
layer { name: "ip1" type: "InnerProduct" bottom: "%s" top: "f"
  inner_product_param { num_output: 6 weight_filler { type: "xavier" } } }
layer { name: "bn" type: "BatchNorm" bottom: "f" top: "f" }
layer { name: "drop" type: "Dropout" bottom: "f" top: "f" dropout_param { dropout_ratio: 0.4 } }
layer { name: "ip2" type: "InnerProduct" bottom: "f" top: "p"
  inner_product_param { num_output: 7 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "p" bottom: "y" top: "loss" }
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Seven small images in every form."""
    folder = tmp_path_factory.mktemp("data")
    images = np.random.default_rng(3).integers(0, 256, (7, 6, 6, 3)).astype(np.uint8)
    with LmdbWriter(folder / "store") as writer:
        for i, image in enumerate(images):
            writer.put(b"%03d" % i, encode_datum(image.transpose(2, 0, 1), i))
    windows = ""
    for i, image in enumerate(images):
        cv2.imwrite(str(folder / f"{i}.png"), image)
        windows += f"# {i}\n{i}.png\n3\n6\n6\n2\n1 0.9 0 0 4 4\n0 0.1 1 1 5 5\n"
    (folder / "windows.txt").write_text(windows)
    (folder / "images.txt").write_text("".join(f"{i}.png {i}\n" for i in range(7)))
    for name, part in (("a", slice(0, 3)), ("b", slice(3, 7))):
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file["x"] = images[part].astype(np.float32) / 255
            file["y"] = np.arange(7)[part]
    (folder / "h5.txt").write_text("a.h5 b.h5")
    return folder


class Reports(Callback):
    def __init__(self) -> None:
        self.of: dict[int, list] = {}

    def on_report(self, solver, record):
        if record["kind"] in ("train", "test"):
            self.of.setdefault(record["iter"], []).append(record)


class EachIteration(Callback):
    def __init__(self, states: list[str]) -> None:
        self.states = states

    def on_iteration(self, solver):
        self.states.append(solver.snapshot())


def make(net: str, seed: int, count: int, **fields) -> tuple[Solver, Reports]:
    threads.set_num_threads(count)
    fields = {
        "base_lr": 0.01,
        "weight_decay": 0.01,
        "average_loss": 3,
        "display": 1,
        "test_iter": 1,
        "test_interval": 2,
        "random_seed": seed,
        "snapshot_prefix": "x",
        **fields,
    }
    solver = get_solver(text(net, **fields), allow_python=True)
    reports = Reports()
    solver.add_callback(reports)
    return solver, reports


@pytest.fixture(autouse=True)
def threads_as_before():
    before = threads.num_threads()
    yield
    threads.set_num_threads(before)


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("where", SOURCES)
def test_interrupted_at_every_iteration(data, tmp_path, monkeypatch, where, kind):
    monkeypatch.chdir(data)
    net = SOURCES[where] + HEAD % ("h" if where in ("lstm", "rnn") else "x")
    fields = {"type": kind, "momentum": RULES[kind], "snapshot_prefix": str(tmp_path / "x")}
    straight, want = make(net, 5, 1, **fields)
    np.random.seed(8)  # noqa: NPY002 (the user's layer draws from there)
    if where == "python":
        straight.restore(straight.snapshot())  # where Python's own streams begin
        start = straight.last_snapshot
    straight.step(LAST)
    snapshots, _ = make(net, 5, 2, **fields)
    if where == "python":
        snapshots.restore(start)
    snapshots.add_callback(taken := EachIteration([snapshots.snapshot()]))
    snapshots.step(LAST)
    for k, state in enumerate(taken.states[:LAST]):
        # Another seed: whatever is not in the snapshot makes a difference.
        resumed, got = make(net, 77, 1 + k % 2, **fields)
        resumed.restore(state)
        resumed.step(LAST - k)
        for mine, right in zip(params(resumed), params(straight)):
            np.testing.assert_array_equal(mine, right)
        for mine, right in zip(resumed.rule.history, straight.rule.history):
            np.testing.assert_array_equal(mine, right)
        # The test before the first update of a snapshot at a test iteration is run again.
        assert got.of == {i: want.of[i] for i in want.of if i >= k}
        assert resumed.smoothed_loss == straight.smoothed_loss


CONV = (
    """
layer { name: "in" type: "DummyData" top: "x" top: "y"
  dummy_data_param { shape { dim: 64 dim: 3 dim: 20 dim: 20 } shape { dim: 64 }
    data_filler { type: "gaussian" } data_filler { value: 1 } } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "x2"
  convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } } }
layer { name: "pool" type: "Pooling" bottom: "x2" top: "x3"
  pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 } }
layer { name: "lrn" type: "LRN" bottom: "x3" top: "x4" }
"""
    + HEAD % "x4"
)


@pytest.mark.parametrize("clip", [-1, 0.5])
def test_the_number_of_threads_makes_no_difference(clip):
    ends = []
    for count in (1, 2, 5):
        solver, _ = make(CONV, 5, count, momentum=0.9, clip_gradients=clip, iter_size=2)
        solver.step(2)
        ends.append((params(solver), solver.loss))
    for end, loss in ends[1:]:
        assert loss == ends[0][1]
        for mine, right in zip(end, ends[0][0]):
            np.testing.assert_array_equal(mine, right)


@pytest.mark.parametrize(("layer", "warnings"), [("RandomData", 0), ("CountingData", 1)])
def test_a_python_source_that_cannot_resume_is_named(
    tmp_path, monkeypatch, caplog, layer, warnings
):
    monkeypatch.chdir(tmp_path)
    net = SOURCES["python"].replace("RandomData", layer) + HEAD % "x"
    solver, _ = make(net, 5, 1)
    solver.step(1)
    solver.restore(solver.snapshot())
    told = [record for record in caplog.records if "set_state" in record.getMessage()]
    assert len(told) == warnings and all("layer 'in'" in each.getMessage() for each in told)
