"""The metrics file: lines, seconds, and what JSON has no word for."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import pytest

from protonet.solvers import metrics as module
from protonet.solvers.metrics import MetricsFile, finite
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
        ("end", None),
    ]
    assert records[0]["outputs"]["loss"] == pytest.approx(records[1]["loss"])
    assert records[2]["lr"] == pytest.approx(0.1)
    assert records[-2]["loss"] is None and records[-2]["outputs"] == {"a": [1.0]}


def test_a_full_disk_is_named():
    metrics = MetricsFile("/dev/full")
    with pytest.raises(OSError) as caught:
        metrics.on_report(toy(), {"kind": "test"})
    assert caught.value.filename == "/dev/full"
    with pytest.raises(OSError):
        metrics.close()


def test_seconds_since_the_beginning(tmp_path, monkeypatch):
    """Each file counts from when it was opened; one that is there is gone on with."""
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now[0]))
    path, solver = tmp_path / "m.jsonl", toy()
    for _ in range(2):
        file = MetricsFile(path)
        for later in (0.25, 61.00049):
            now[0] += later
            file.on_report(solver, {"kind": "rate", "iter": 3, "lr": 0.5})
        file.close()
        now[0] += 500
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [record.pop("seconds") for record in records] == [0.25, 61.25, 61.25] * 2
    rate = {"kind": "rate", "iter": 3, "lr": 0.5}
    assert records == [rate, rate, {"kind": "end"}] * 2


def test_a_line_is_there_when_it_is_reported(tmp_path):
    """Who looks at the file while the training runs sees whole lines."""
    file = MetricsFile(tmp_path / "m.jsonl")
    file.on_report(toy(), {"kind": "rate"})
    text = (tmp_path / "m.jsonl").read_text()
    assert text.endswith("}\n") and json.loads(text)["kind"] == "rate"
    file.close()


def test_values_without_a_word():
    values = {"a": math.nan, "b": [1.5, math.inf, "x"], "c": {"d": [-math.inf, 2, True, None]}}
    assert finite(values) == {
        "a": None,
        "b": [1.5, None, "x"],
        "c": {"d": [None, 2, True, None]},
    }
