"""What the command line shows of the log, and where it goes."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

import pytest
from tqdm import tqdm

from protonet.cli.output import log_shown, streams_there, warnings_shown
from protonet.log import log
from tests.cli.test_train import GLOG, messages


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLOG_minloglevel", raising=False)


def talk() -> None:
    log.debug("details")
    log.info("news")
    log.warning("trouble")
    log.error("the end")


def test_lines_look_like_those_of_glog(capsys: pytest.CaptureFixture[str]) -> None:
    with log_shown():
        talk()
    lines = capsys.readouterr().err.splitlines()
    assert [GLOG.fullmatch(line).group(1, 7) for line in lines] == [
        ("I", "news"),
        ("W", "trouble"),
        ("E", "the end"),
    ]


def test_quiet_leaves_warnings_and_the_file_has_all(capsys: pytest.CaptureFixture[str]) -> None:
    with log_shown(True, "x.log"):
        talk()
    assert capsys.readouterr().err == ("protonet: warning: trouble\nprotonet: warning: the end\n")
    assert messages(Path("x.log").read_text()) == ["news", "trouble", "the end"]


@pytest.mark.parametrize(
    ("append", "found"), [({}, ["new"]), ({"append": False}, ["new"]), ({"append": True}, [0, 1])]
)
def test_a_log_file_begins_anew_unless_it_is_to_go_on(append: dict, found: list) -> None:
    with log_shown(True, "x.log"):
        log.info("old")
    with log_shown(True, "x.log", **append):
        log.info("new")
    assert messages(Path("x.log").read_text()) == (found if len(found) == 1 else ["old", "new"])


@pytest.mark.parametrize(
    ("level", "found"),
    [
        ("0", ["news", "trouble", "the end"]),
        ("1", ["trouble", "the end"]),
        ("2", ["the end"]),
        ("3", []),
        ("many", ["news", "trouble", "the end"]),
    ],
)
def test_glog_minloglevel(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, level: str, found: list
) -> None:
    """For the terminal and for the file."""
    monkeypatch.setenv("GLOG_minloglevel", level)
    with log_shown(file="x.log"):
        talk()
    assert messages(capsys.readouterr().err) == found
    assert messages(Path("x.log").read_text()) == found
    with log_shown(True):
        talk()
    assert len(capsys.readouterr().err.splitlines()) == len([x for x in found if x != "news"])


def test_a_second_log_takes_the_place_of_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    """As a command within `warnings_shown`: nothing is said twice.  Handlers of others stay."""
    heard = []
    other = logging.Handler()
    other.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(other)
    try:
        with warnings_shown():
            with log_shown():
                log.warning("one")
            log.warning("two")
            log.info("three")
    finally:
        log.removeHandler(other)
    first, second = capsys.readouterr().err.splitlines()
    assert messages(first) == ["one"] and second == "protonet: warning: two"
    assert heard == ["one", "two"]


def test_the_file_is_closed_afterwards() -> None:
    with log_shown(True, "x.log"):
        (handler,) = (x for x in log.handlers if isinstance(x, logging.FileHandler))
    assert handler.stream is None or handler.stream.closed
    assert handler not in log.handlers and log.level == logging.NOTSET


def test_words_go_above_a_bar(terminal) -> None:
    """The bar is wiped away, the line written, and the bar drawn again below it."""
    shown = terminal()
    with log_shown(), tqdm(total=2, file=shown, leave=False, ascii=True) as bar:
        bar.update(1)
        log.info("in between")
    text = shown.getvalue()
    (line,) = re.findall(r"[^\r\n]*in between\n", text)
    assert GLOG.fullmatch(line.strip())
    assert "%|" in text[text.index(line) :]


@pytest.mark.parametrize("missing", ["stdin", "stdout", "stderr"])
def test_streams_that_are_closed(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(sys, missing, None)
    with streams_there():
        stream = getattr(sys, missing)
        assert stream.readable() == (missing == "stdin") != stream.writable()
    assert getattr(sys, missing) is None and stream.closed
