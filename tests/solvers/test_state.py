"""The state of a training by itself, without a solver that trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.errors import NonFiniteError
from protonet.proto.text import read_solver
from protonet.solvers import Callback, NanGuard, TrainingState, snapshot, testing
from protonet.solvers.nets import NetBuilder
from tests.solvers.toy import RANDOM_NET, X, Y, params, text, toy


def state(*net: str, **fields) -> TrainingState:
    definition = read_solver(text(*net, **fields))
    builder = NetBuilder(definition)
    return TrainingState(definition, builder, weights=None, strict=False, rank=0)


def test_what_a_solver_saved_is_restored_into_a_state(tmp_path):
    fields = {
        "snapshot_prefix": str(tmp_path / "a"),
        "random_seed": 3,
        "average_loss": 4,
        "momentum": 0.9,
    }
    solver = toy(RANDOM_NET, **fields)
    solver.step(3)
    got = state(RANDOM_NET, **fields)
    snapshot.restore(got, Path(solver.snapshot()))
    assert (got.iter, got.last_snapshot) == (3, str(tmp_path / "a_iter_3.solverstate"))
    assert got.smoothed_loss == solver.smoothed_loss and got.window_restored
    for blob, want in zip(got.net.learnable_params, params(solver)):
        np.testing.assert_array_equal(blob.data, want)
    np.testing.assert_array_equal(got.rule.history[0], solver.rule.history[0])
    assert got.net.run_forward() == solver.net.run_forward(), "the random streams go on"


def test_a_test_asks_before_each_batch_and_is_published():
    got = state(test_iter=3, test_interval=1)
    net = got.test_nets[0]
    net.blobs["x"].data[...], net.blobs["y"].data[...] = X, Y
    asked, records = [], []

    class Keep(Callback):
        def on_report(self, solver, record):
            records.append((solver, record))

    got.add_callback(Keep())
    testing.test_all(got, lambda: asked.append(1))
    loss = float(((X @ [[0.5], [0.5]] - Y) ** 2).sum()) / 6
    assert len(asked) == 3 and got.test_start is None
    (solver, record), *more = records
    assert solver is got and not more
    assert record["outputs"] == {"loss": pytest.approx(loss)}


def test_a_test_that_is_broken_off_leaves_its_start():
    got = state(test_iter=3, test_interval=1)
    assert testing.test_all(got, got.stop) == [None]
    assert got.test_start is not None


def test_the_guard_keeps_a_state_that_is_not_finite_from_the_disk(tmp_path):
    got = state(snapshot_prefix=str(tmp_path / "a"))
    got.add_callback(NanGuard())
    got.net.params["ip"][0].data[0, 1] = np.inf
    with pytest.raises(NonFiniteError, match=r"layer 'ip' .* parameter 0 is not finite"):
        snapshot.save(got)
    assert list(tmp_path.iterdir()) == []
