"""Clocks that are set while something runs: nothing waits for them or goes wrong by them."""

from __future__ import annotations

import ast
import csv
import itertools
import json
import time
from pathlib import Path

import numpy as np
import pytest

import protonet
from protonet.cli.main import main
from protonet.proto.weights import read_weights

PACKAGE = Path(protonet.__file__).parent
WALL = {
    "time": {"time", "time_ns", "ctime", "gmtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}


def wall_clocks(source: str) -> list[int]:
    """The lines that read the time of day; `localtime` and `strftime` of a given time do not."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            of = node.value.attr if isinstance(node.value, ast.Attribute) else None
            of = node.value.id if isinstance(node.value, ast.Name) else of
            if node.attr in WALL.get(of or "", ()):
                found.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [node.lineno for name in node.names if name.name in WALL["time"]]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "time.localtime":
            found += [] if node.args else [node.lineno]
    return found


def test_nothing_reads_the_time_of_day():
    """Seconds are counted by clocks that only go forward; a line of the log has the time that
    Python's logging gave it."""
    found = {str(p): wall_clocks(p.read_text(encoding="utf-8")) for p in PACKAGE.rglob("*.py")}
    assert len(found) > 100
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize(
    "source",
    ["time.time()", "from time import time", "datetime.datetime.now()", "time.localtime()"],
)
def test_who_does_is_found(source):
    assert wall_clocks(source) == [1]
    assert wall_clocks("time.localtime(5); time.monotonic(); self.time.sleep(1)") == []


@pytest.fixture
def jumping(monkeypatch):
    """A time of day that goes hours back and forth; returns how often it was asked for."""
    hours = itertools.cycle([0, -5, 7, -100, 3, 100_000, -400_000])
    asked = []

    def now():
        asked.append(next(hours) * 3600 + 1_700_000_000)
        return asked[-1]

    monkeypatch.setattr(time, "time", now)
    monkeypatch.setattr(time, "time_ns", lambda: int(now()) * 10**9)
    return asked


def test_a_training_does_not_mind(tiny, jumping, terminal, monkeypatch):
    shown = terminal()
    options = ["--glog", "--metrics", "m.jsonl", "--csv", "t.csv"]
    assert main(["train", "solver.prototxt", *options]) == 0
    assert jumping, "the log asked for the time"
    jumped = read_weights("tiny_iter_6.caffemodel")
    records = [json.loads(line) for line in Path("m.jsonl").read_text().splitlines()]
    rows = list(csv.DictReader(Path("t.csv").read_text().splitlines()))
    for seconds in ([r["seconds"] for r in records], [float(r["seconds"]) for r in rows]):
        assert seconds == sorted(seconds) and seconds[0] >= 0 and seconds[-1] < 1000
    assert any("6/6 [" in bar for bar in shown.bars()), "the bar came to its end"
    monkeypatch.undo()
    monkeypatch.chdir(tiny)
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    for got, want in zip(jumped, read_weights("tiny_iter_6.caffemodel"), strict=True):
        assert all(map(np.array_equal, got.blobs, want.blobs))
