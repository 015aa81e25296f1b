"""Logs that grow."""

from __future__ import annotations

import pytest

from protonet.errors import DataError
from protonet.viz import following
from protonet.viz.following import ended, follow


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("Solving LeNet\nIteration 0, loss = 1\n", False),
        ("Solving LeNet\nIteration 0, loss = 1\nOptimization Done.\n", True),
        ("Solving LeNet\nIteration 0, loss = 1\nOptimization stopped early.\n", True),
        ("Solving A\nOptimization Done.\nSolving B\nIteration 0, loss = 1\n", False),
        ('{"kind": "train", "iter": 0}\n{"kind": "end"}\n', True),
        ('{"kind": "end"}\n{"seconds": 1, "kind": "rate", "iter": 0}\n', False),
        ("", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_end_of_a_training(tmp_path, text, over, encoding):
    path = tmp_path / "a.log"
    path.write_text(text, encoding=encoding)
    assert ended(path) is over


def test_a_long_log_is_not_read_to_tell_its_end(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("Solving A\n" + "x" * 70_000 + "\nOptimization Done.\n")
    assert ended(path)
    assert not ended(tmp_path / "none.log")


def test_each_growth_is_seen_once(tmp_path, monkeypatch):
    """Waits for the file, reads it when it has changed, and ends with the training."""
    path = tmp_path / "a.log"
    steps = ["", None, "Iteration 0, loss = 1\n", None, None, "Optimization Done.\n"]

    def sleep(seconds):
        assert seconds >= 0.5
        text = steps.pop(0)
        if text is not None:
            with open(path, "a") as file:
                file.write(text)

    monkeypatch.setattr(following.time, "sleep", sleep)

    def read():
        text = path.read_text() if path.exists() else ""
        if not text:
            raise DataError("no line of a training is in it")
        return text.splitlines()

    assert [*follow([path], read, pause=0.5)] == [
        [],
        [],
        ["Iteration 0, loss = 1"],
        ["Iteration 0, loss = 1", "Optimization Done."],
    ]
    assert not steps
