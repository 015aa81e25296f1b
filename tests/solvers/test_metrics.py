"""The metrics file: lines, seconds, and what JSON has no word for."""

from __future__ import annotations

import errno
import json
import math
from types import SimpleNamespace

import pytest

from protonet.callbacks import CsvLog
from protonet.solvers import metrics as module
from protonet.solvers.lasting_file import LastingFile
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


@pytest.mark.parametrize("kind", [MetricsFile, CsvLog])
def test_a_full_disk_is_told_once_and_ends_no_training(kind, monkeypatch, caplog, tmp_path):
    """As that of a log: the training goes on, and the error comes when it is done."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(LastingFile, "__init__", opened_on_a_full_disk(LastingFile.__init__))
    solver, log = toy(), kind("numbers")
    solver.param.display = 1
    solver.add_callback(log)
    solver.step(5)
    assert solver.iter == 5
    assert caplog.text.count("No space left on device: the training goes on without it") == 1
    with pytest.raises(OSError) as caught:
        log.close()
    assert caught.value.filename == "numbers" and caught.value.errno == errno.ENOSPC


def opened_on_a_full_disk(init):
    def init_full(self, path, mode, newline=None):
        init(self, path, mode, newline)
        self._file.close()
        self._file = open("/dev/full", "w")  # noqa: SIM115

    return init_full


def test_seconds_since_the_beginning(tmp_path, monkeypatch):
    """Each file counts from when it was opened; one that is there is gone on with."""
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now[0]))
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
