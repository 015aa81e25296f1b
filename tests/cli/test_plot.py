"""protonet plot and protonet parse-log, on what protonet train wrote."""

from __future__ import annotations

import csv
import json
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
    """The titles of the charts."""
    return [line.split(":")[0] for line in out.splitlines() if line.endswith("at the end")]


@pytest.mark.parametrize("name", ["train.log", "train.jsonl"])
def test_text_is_the_default(trained, capsys, name):
    assert main(["plot", name]) == 0
    assert shown(capsys.readouterr().out) == ["training loss", "test loss", "learning rate"]


def test_a_log_and_its_metrics_tell_the_same(trained, capsys):
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


@pytest.mark.parametrize(("columns", "width"), [("50", 50), ("100", 100), ("300", 100)])
def test_as_wide_as_the_terminal(trained, capsys, monkeypatch, columns, width):
    """Up to a hundred characters."""
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["plot", "train.log"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {len(line) for line in lines if line.lstrip().startswith("+--")} == {width}
    assert {line for line in lines if line.endswith(" iterations")}


def test_against_the_clock_and_of_several_logs(trained, capsys):
    assert main(["plot", "train.log", "train.jsonl", "--x", "seconds"]) == 0
    out = capsys.readouterr().out
    assert shown(out) == ["training loss", "test loss", "learning rate"]
    assert out.count("  * train.log\n  o train.jsonl\n") == 3 and out.count(" seconds\n") == 3


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
        (["plot", "train.log", "--out", "p.txt2"], 3, "name it .png or .svg"),
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
