"""The progress bar of a terminal does not get into the log lines' way."""

from __future__ import annotations

import re

from protonet.cli.main import main
from tests.cli.test_train import GLOG


def test_a_bar_below_the_log(tiny, terminal):
    shown = terminal()
    assert main(["train", "solver.prototxt", "--glog"]) == 0
    parts = re.split(r"[\r\n]|\x1b\[A", shown.getvalue())
    lines = [part for part in parts if "] " in part and "%|" not in part]
    assert all(GLOG.fullmatch(part) for part in lines)
    assert any(part.endswith("Iteration 3, Testing net (#0)") for part in lines)
    bars = [part for part in parts if "/6 [" in part]
    assert bars and bars[0].startswith("  0%|")
    assert re.search(r"\| \d/6 \[.*, loss [\d.e-]+\]", bars[-1])
    assert parts[parts.index(bars[-1]) + 1].isspace(), "the bar is wiped away"


def test_a_bar_goes_on_where_the_training_does(tiny, terminal):
    assert main(["train", "solver.prototxt", "--iterations", "3", "--quiet"]) == 0
    shown = terminal()
    assert main(["train", "solver.prototxt", "--snapshot", "tiny_iter_3.solverstate"]) == 0
    assert "| 3/6 [" in shown.bars()[0] and shown.bars()[0].startswith(" 50%|")


def test_no_bar_where_nobody_looks(tiny, capsys):
    assert main(["train", "solver.prototxt"]) == 0
    assert "%|" not in capsys.readouterr().err
