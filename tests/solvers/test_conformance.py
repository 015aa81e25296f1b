"""20 iterations of every solver case, and going on from snapshots, as the reference does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet.solvers import get_solver
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, Comparison, under

CASES: dict[str, dict[str, Any]] = golden.index("solvers/index.json")
RESUMED = [name for name, props in CASES.items() if props["snapshot"]]


class Run:
    """A solver whose net is fed the recorded batches."""

    def __init__(self, folder: Path, props: dict[str, Any], file: str = "solver.prototxt") -> None:
        self.case, self.props = golden.arrays(folder), props
        self.solver = get_solver(file)
        self.found = Comparison(props["tolerance"])
        self.micro = 0
        self.solver.net.before_forward.append(self.feed)

    def feed(self, layer: int) -> None:
        if layer == 0:
            for name, values in under(self.case, f"batch/{self.micro % 8}").items():
                self.solver.net.blobs[name].data[...] = values
            self.micro += 1

    def go(self, start: int) -> None:
        """Iterations `start` to 19, each compared."""
        self.micro = start * self.props["iter_size"]
        for i in range(start, 20):
            for _ in range(3):  # to ask for the rate must not move it
                self.found.value(f"lr before {i}", self.solver.lr, self.case["lr"][i])
            self.solver.step(1)
            self.found.equal(f"iter after {i}", self.solver.iter, i + 1)
            self.found.value(f"loss of {i}", self.solver.loss, self.case["loss"][i])
            self.compare_params(i + 1)
        self.found.check()

    def compare_params(self, after: int) -> None:
        for name, want in under(self.case, f"param@{after}").items():
            layer, i = golden.param_key(name)
            self.found.value(f"param@{after}/{name}", self.solver.net.params[layer][i].data, want)


@pytest.mark.parametrize("case", CASES)
def test_training(case: str, tmp_path: Path) -> None:
    with golden.working_copy(CONFORMANCE / "solvers" / case, tmp_path) as folder:
        run = Run(folder, CASES[case])
        run.solver.net.copy_from("init.caffemodel")
        run.compare_params(0)
        run.go(0)


@pytest.mark.parametrize("ending", ["", ".h5"], ids=["binary", "hdf5"])
@pytest.mark.parametrize("case", RESUMED)
def test_resuming_from_the_reference(case: str, ending: str, tmp_path: Path) -> None:
    with golden.working_copy(CONFORMANCE / "solvers" / case, tmp_path) as folder:
        run = Run(folder, CASES[case], "solver_h5.prototxt" if ending else "solver.prototxt")
        run.solver.restore(f"snap_iter_10.solverstate{ending}")
        run.found.equal("iter", run.solver.iter, 10)
        run.compare_params(10)
        run.go(10)


@pytest.mark.parametrize("ending", ["", ".h5"], ids=["binary", "hdf5"])
@pytest.mark.parametrize("case", RESUMED)
def test_resuming_from_our_own_snapshot(case: str, ending: str, tmp_path: Path) -> None:
    with golden.working_copy(CONFORMANCE / "solvers" / case, tmp_path) as folder:
        for old in folder.glob("snap_iter_10.*"):
            old.unlink()
        file = "solver_h5.prototxt" if ending else "solver.prototxt"
        first = Run(folder, CASES[case], file)
        first.solver.net.copy_from("init.caffemodel")
        first.solver.step(10)
        first.solver.snapshot()
        assert {path.name for path in folder.glob("snap_*")} == {
            f"snap_iter_10.caffemodel{ending}",
            f"snap_iter_10.solverstate{ending}",
        }
        second = Run(folder, CASES[case], file)
        second.solver.restore(f"snap_iter_10.solverstate{ending}")
        for mine, other in zip(*(run.solver.net.learnable_params for run in (first, second))):
            np.testing.assert_array_equal(mine.data, other.data)
        second.go(10)
