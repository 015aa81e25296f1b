"""The progress bar of a terminal does not get into the log lines' way."""

from __future__ import annotations

import io
import re

from protonet.cli.main import main
from tests.cli.test_train import GLOG


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_below_the_log(tiny, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert main(["train", "solver.prototxt"]) == 0
    parts = re.split(r"[\r\n]|\x1b\[A", terminal.getvalue())
    shown = [part for part in parts if "] " in part and "%|" not in part]
    assert all(GLOG.fullmatch(part) for part in shown)
    assert any(part.endswith("Iteration 3, Testing net (#0)") for part in shown)
    bars = [part for part in parts if "/6 [" in part]
    assert bars and bars[0].startswith("  0%|")


def test_no_bar_where_nobody_looks(tiny, capsys):
    assert main(["train", "solver.prototxt"]) == 0
    assert "%|" not in capsys.readouterr().err
