"""The NaN guard and the metrics file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from protonet.solvers import Callback
from protonet.solvers.callbacks import NonFiniteError
from protonet.solvers.metrics import MetricsFile
from tests.solvers.toy import NET, toy

DEEP = NET.replace(
    'layer { name: "loss"',
    'layer { name: "root" type: "Power" bottom: "p" top: "r" power_param { power: 0.5 } }\n'
    'layer { name: "loss"',
).replace('bottom: "p" bottom: "y"', 'bottom: "r" bottom: "y"')


def test_the_first_layer_is_named():
    solver = toy(DEEP)  # the square root of a negative number
    with pytest.raises(NonFiniteError) as caught, np.errstate(all="ignore"):
        solver.step(1)
    error = caught.value
    assert (error.layer, error.layer_type) == ("root", "Power")
    assert "top 'r' is not finite at iteration 0 (loss = nan)" in error.what
    assert "no snapshot was written" in error.hint
    assert solver.iter == 0


def test_data_that_is_not_finite_is_not_blamed_on_the_rate():
    solver = toy()
    solver.net.blobs["x"].data[1, 0] = np.nan
    with pytest.raises(NonFiniteError, match="correct the data it reads") as caught:
        solver.step(1)
    assert caught.value.layer == "in"


def test_a_full_disk_is_named():
    metrics = MetricsFile("/dev/full")
    with pytest.raises(OSError) as caught:
        metrics.on_report(toy(), {"kind": "test"})
    assert caught.value.filename == "/dev/full"
    with pytest.raises(OSError):
        metrics.close()


def test_the_last_good_snapshot_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    solver = toy(base_lr=1e30, snapshot=1)
    with pytest.raises(NonFiniteError) as caught, np.errstate(all="ignore"):
        solver.step(20)
    assert "toy_iter_" in caught.value.hint and caught.value.exit_code == 5
    assert caught.value.layer == "loss"


def test_keep_going():
    solver = toy(DEEP, options={"keep_going": True})
    with np.errstate(all="ignore"):
        solver.step(2)
    assert solver.iter == 2 and np.isnan(solver.loss)


def test_metrics_are_json_lines(tmp_path):
    path = tmp_path / "metrics.jsonl"
    metrics = MetricsFile(path)
    solver = toy(display=2, test_iter=1, test_interval=3)
    solver.add_callback(metrics)
    solver.step(4)
    metrics.on_report(solver, {"kind": "train", "loss": float("nan"), "outputs": {"a": [1.0]}})
    metrics.close()
    records = [json.loads(line) for line in path.read_text().splitlines()]
    kinds = [(r["kind"], r.get("iter")) for r in records]
    assert kinds == [
        ("test", 0),
        ("train", 0),
        ("rate", 0),
        ("train", 2),
        ("rate", 2),
        ("test", 3),
        ("train", None),
    ]
    assert records[0]["outputs"]["loss"] == pytest.approx(records[1]["loss"])
    assert records[2]["lr"] == pytest.approx(0.1)
    assert records[-1]["loss"] is None and records[-1]["outputs"] == {"a": [1.0]}


def test_a_callback_does_nothing_by_itself():
    solver = toy(display=1)
    solver.add_callback(Callback())
    solver.step(1)
    assert solver.iter == 1
