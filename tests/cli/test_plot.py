"""protonet plot and protonet parse-log, on what protonet train wrote."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from protonet.cli.main import main


@pytest.fixture
def trained(tiny):
    """A folder with train.log and train.jsonl."""
    args = ["--quiet", "--log", "train.log", "--metrics", "train.jsonl"]
    assert main(["train", "solver.prototxt", *args]) == 0
    return tiny


def shown(out: str) -> list[str]:
    """The titles of the panels, and below them what the legends name."""
    lines = [line for line in out.splitlines() if line[:1].isalpha() or line.endswith("at the end")]
    return [line.split(":")[0] for line in lines]


ONE = ["loss", "  * training loss", "  o test loss", "learning rate", "  * learning rate"]


@pytest.mark.parametrize("name", ["train.log", "train.jsonl"])
def test_text_is_the_default(trained, capsys, name):
    assert main(["plot", name]) == 0
    assert shown(capsys.readouterr().out) == ONE


def test_a_log_and_its_metrics_tell_the_same(trained, capsys):
    """But for a log's six digits."""
    charts = []
    for name in ("train.log", "train.jsonl"):
        assert main(["plot", name]) == 0
        charts.append(capsys.readouterr().out)
    assert charts[0] == charts[1]


def test_picture(trained, capsys):
    assert main(["plot", "train.log", "train.jsonl", "--out", "p.svg", "--x", "seconds"]) == 0
    assert capsys.readouterr().out == ""
    assert Path("p.svg").read_text().count("training loss") >= 1
    assert main(["plot", "train.log", "--out", "p.png", "--text"]) == 0
    assert Path("p.png").exists() and "learning rate" in capsys.readouterr().out


@pytest.mark.parametrize(("columns", "width"), [("50", 50), ("100", 100), ("300", 120)])
def test_as_wide_as_the_terminal(trained, capsys, monkeypatch, columns, width):
    """Up to 120 characters."""
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["plot", "train.log"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {len(line) for line in lines if line.lstrip().startswith("++--")} == {width}
    assert lines[-1] == "iterations".rjust(width)


def test_against_the_clock_and_of_several_logs(trained, capsys):
    assert main(["plot", "train.log", "train.jsonl", "--x", "seconds"]) == 0
    out = capsys.readouterr().out
    logs = ["  * train.log", "  o train.jsonl"]
    assert shown(out) == ["training loss", *logs, "test loss", *logs, "learning rate", *logs]
    assert out.endswith(" seconds\n")


class Screen(io.StringIO):
    """A terminal of 80 columns and 24 lines that shows what was written last."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    for name, value in {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Screen()  # which a test puts in the place of the one that pytest has put there


def test_a_terminal_gets_dots_in_colours_and_fits(trained, screen, monkeypatch):
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["plot", "train.log"]) == 0
    text = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    lines = text.splitlines()
    assert text != screen.getvalue() and "\u2524" in text
    assert any("\u2800" < letter <= "\u28ff" for letter in text)
    assert len(lines) < 24 and max(map(len, lines)) <= 80


def test_a_terminal_without_colours(trained, screen, monkeypatch):
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["plot", "train.log"]) == 0
    assert screen.getvalue().isascii() and "\x1b" not in screen.getvalue()


def test_following_ends_with_the_training(trained, screen, monkeypatch):
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["plot", "train.log", "train.jsonl", "--follow", "--out", "p.svg", "--text"]) == 0
    first, last = re.split(r"\x1b\[\d+F\x1b\[J", screen.getvalue())
    assert "following train.log, train.jsonl: Ctrl-C leaves" in first
    assert "following" not in last and last.startswith("training loss")
    assert Path("p.svg").read_text().startswith("<?xml")


def test_following_a_log_in_a_pipe_prints_it_once(trained, capsys):
    assert main(["plot", "train.log"]) == 0
    want = capsys.readouterr().out
    assert main(["plot", "train.log", "--follow"]) == 0
    assert capsys.readouterr().out == want


def test_ctrl_c_leaves_a_log_that_still_grows(trained, screen, monkeypatch):
    monkeypatch.setattr("sys.stdout", screen)
    lines = Path("train.log").read_text().splitlines(keepends=True)
    Path("live.log").write_text("".join(lines[:20]))
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        Path("live.log").write_text("".join(lines[: 20 + 4 * len(waits)]))
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("protonet.viz.following.time.sleep", sleep)
    assert main(["plot", "live.log", "--follow"]) == 0
    assert len(re.split(r"\x1b\[\d+F\x1b\[J", screen.getvalue())) == 4


def test_columns_apart_by_tabs_or_commas(trained, capsys):
    for words, between in (
        ([], ","),
        (["--delimiter", "\\t"], "\t"),
        (["--delimiter", "\t"], "\t"),
    ):
        assert main(["parse-log", "train.log", ".", *words]) == 0
        head = Path("train.log.train").read_text().splitlines()[0]
        assert head == between.join(["NumIters", "Seconds", "LearningRate", "loss"])
    assert capsys.readouterr().out == ""  # it says nothing without --verbose


def test_parse_log(trained, capsys):
    Path("tables").mkdir()
    assert main(["parse-log", "train.log", "tables", "--verbose", "--delimiter", ";"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Wrote {Path('tables', 'train.log.train')}",
        f"Wrote {Path('tables', 'train.log.test')}",
    ]
    records = [json.loads(line) for line in Path("train.jsonl").read_text().splitlines()]
    for kind in ("train", "test"):
        with open(f"tables/train.log.{kind}", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        assert rows[0] == ["NumIters", "Seconds", "LearningRate", "loss"]
        want = [
            (r["iter"], r["outputs"]["loss"]) for r in records if r["kind"] == kind and r["outputs"]
        ]
        got = [(float(row[0]), float(row[3])) for row in rows[1:]]
        assert got == [(i, pytest.approx(value, rel=1e-5)) for i, value in want]
        assert all(float(row[2]) == 0.01 for row in rows[1:])


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["plot", "none.log"], 4, "none.log: no such file"),
        (["plot", "net.prototxt"], 4, "no line of a training"),
        (["plot", "train.log", "--out", "p.txt2"], 3, "name it .png, .svg or .pdf"),
        (["parse-log", "net.prototxt", "."], 4, "no line of a training"),
        (["parse-log", "train.log", "none"], 3, "there is no folder"),
        (["parse-log", "train.log", ".", "--delimiter", "ab"], 2, "one character"),
    ],
)
def test_what_is_refused(trained, capsys, args, code, words):
    assert main(args) == code
    assert words in capsys.readouterr().err


def test_a_log_without_outputs(trained, capsys):
    Path("short.log").write_text("Iteration 0, lr = 1\n")
    assert main(["parse-log", "short.log", ".", "--verbose"]) == 4
    captured = capsys.readouterr()
    assert captured.err == (
        "protonet: error: short.log: no outputs of training or testing are in it\n"
    )
    assert captured.out == "" and not list(Path().glob("short.log.*"))


def test_a_log_without_tests(trained, capsys):
    Path("short.log").write_text("Iteration 0, loss = 1\nIteration 0, lr = 0.5\n")
    assert main(["parse-log", "short.log", ".", "--verbose"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Wrote short.log.train",
        "Not writing short.log.test: the log has no such lines",
    ]
    assert Path("short.log.train").read_text().split() == [
        "NumIters,Seconds,LearningRate,loss",
        "0.0,nan,0.5,1.0",
    ]
