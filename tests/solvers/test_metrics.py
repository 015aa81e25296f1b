"""The metrics file."""

from __future__ import annotations

import json

import pytest

from protonet.solvers.metrics import MetricsFile
from tests.solvers.toy import toy


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


def test_a_full_disk_is_named():
    metrics = MetricsFile("/dev/full")
    with pytest.raises(OSError) as caught:
        metrics.on_report(toy(), {"kind": "test"})
    assert caught.value.filename == "/dev/full"
    with pytest.raises(OSError):
        metrics.close()
