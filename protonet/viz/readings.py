"""Reading what a training has told: logs of any Caffe, and files of --metrics.

A log is a stream of numbers: at this iteration, after so many seconds, this quantity had
that value.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..errors import DataError
from ..files import why_unreadable

PathLike = str | os.PathLike


class Quantity(NamedTuple):
    """kind: "loss" (the mean shown while training), "lr", "train" or "test" (outputs).
    net: the number of the test net.  is_loss: to be drawn with the losses."""

    kind: str
    name: str
    net: int = 0
    is_loss: bool = False

    def __str__(self) -> str:
        if self.kind in ("loss", "lr"):
            return {"loss": "training loss", "lr": "learning rate"}[self.kind]
        return f"{self.kind} {self.name}" + (f" (net {self.net})" if self.net else "")


class Reading(NamedTuple):
    """One number of a log.  seconds: on the clock, since the first training began (nan
    where a line tells no time).  worked: without the time between two trainings."""

    iteration: int
    seconds: float
    worked: float
    quantity: Quantity
    value: float


TEST_LOSS = "total loss"

_PREFIX = re.compile(
    r"[IWEF](?P<date>\d{8}|\d{4}) (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?) +\d+ [^\]\s]+:\d+\] ?"
)
_ITERATION = re.compile(r"\bIteration (\d{1,15})\b")
_TESTING = re.compile(r"Testing net \(#(\d+)\)")
# "Iteration 20, loss = 1", "(5 iter/s, 4s/20 iters), loss = 1", "(...), 0.4/3ep, loss = 1"
_LOSS = re.compile(r"\bIteration \d{1,15}\b.*?[,)] *loss = ([^\s,]+)")
_RATE = re.compile(r"\bIteration \d{1,15}, lr = ([^\s,]+)")
_TEST_LOSS = re.compile(r"\bTest loss: (\S+)")
_SCORE = re.compile(r"\bTest score #(\d+): (\S+)")  # until 2014
_OUTPUT = re.compile(r"(Train|Test) net output #(\d+): (\S+) = (\S+)( \(\*)?")


#: Colours and titles of a terminal, which a log has that was written through one.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")

#: Numbers that are none, as the C libraries print them: -nan, 1.#INF, nan(ind)...
_NO_NUMBER = re.compile(
    r"(?P<sign>[-+]?)(?:(?P<inf>inf(?:inity)?|1\.#(?:inf|j)\w*)|"
    r"nan(?:\(\w*\))?|1\.#(?:ind|[qs]nan|r)\w*)",
    re.IGNORECASE,
)


def readings(path: PathLike) -> Iterator[Reading]:
    """All numbers of a log, or of a file of JSON lines as --metrics writes it, in order."""
    try:
        modified = os.stat(path).st_mtime
        with open(path, encoding=_encoding(path), errors="replace") as file:
            lines = iter(file)
            first = next(lines, "")
            rest = _with_first(first, lines)
            if first.startswith('{"log":'):  # of docker, a JSON object a line
                yield from _log(map(_unwrapped, rest), _Clock(modified))
            elif first.lstrip().startswith("{"):
                yield from _metrics(rest, path)
            else:
                yield from _log(rest, _Clock(modified))
    except OSError as error:
        what, hint = why_unreadable(path, error)
        raise DataError(what, hint, file=os.fspath(path)) from error


def _encoding(path: PathLike) -> str:
    """PowerShell redirects into UTF-16."""
    with open(path, "rb") as file:
        start = file.read(2)
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _unwrapped(line: str) -> str:
    try:
        return str(json.loads(line)["log"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _with_first(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _log(lines: Iterable[str], clock: _Clock) -> Iterator[Reading]:
    iteration, net = -1, 0
    names: dict[str, list[str]] = {"train": [], "test": []}
    for line in lines:
        line = _ESCAPES.sub("", line)
        prefix = _PREFIX.search(line)
        text = line[prefix.end() :] if prefix else line
        if prefix:
            clock.read(prefix["date"], prefix["time"])
        if text.startswith("Solving "):
            clock.begin()
        found = _ITERATION.search(text)
        if found:
            iteration = int(found[1])
            names = {"train": [], "test": []}
        if iteration < 0:
            continue
        tested = _TESTING.search(text)
        if tested:
            net = int(tested[1])
        for quantity, shown in _quantities(text, net, names):
            value = number(shown)
            if value is not None:
                yield Reading(iteration, clock.seconds, clock.worked, quantity, value)


def _quantities(text: str, net: int, names: dict[str, list[str]]) -> Iterator[tuple[Quantity, str]]:
    """What a line of a log tells.  names: of the outputs that this iteration had so far."""
    if output := _OUTPUT.search(text):
        kind, name = output[1].lower(), output[3]
        if output[2] == "0":
            names[kind] = []
        again = names[kind].count(name)  # a blob of several values has a line for each
        names[kind].append(name)
        is_loss = output[5] is not None or "loss" in name.lower()
        shown = f"{name}[{again}]" if again else name
        yield Quantity(kind, shown, net * (kind == "test"), is_loss), output[4]
    elif found := _LOSS.search(text):
        yield Quantity("loss", "loss", is_loss=True), found[1]
    elif found := _RATE.search(text):
        yield Quantity("lr", "lr"), found[1]
    elif found := _SCORE.search(text):
        yield Quantity("test", f"score #{found[1]}", net), found[2]
    elif found := _TEST_LOSS.search(text):
        yield Quantity("test", TEST_LOSS, net, True), found[1]


def number(text: str) -> float | None:
    """A number as any C library prints it: -nan, 1.#INF and nan(ind) too.  None for what is no
    number, as in a line that was cut off."""
    none = _NO_NUMBER.fullmatch(text)
    if none:
        size = math.inf if none["inf"] else math.nan
        return -size if none["sign"] == "-" else size
    try:
        return float(text)
    except ValueError:
        return None


class _Clock:
    """The time of a log's lines.  Old logs tell month and day without a year: the last line
    is taken to be as old as the file."""

    def __init__(self, modified: float) -> None:
        self._modified = datetime.datetime.fromtimestamp(modified)
        self._year: int | None = None
        self._now: datetime.datetime | None = None
        self._start: datetime.datetime | None = None
        self._last: datetime.datetime | None = None  # when the last number was told
        self._idle = 0.0

    def read(self, date: str, time: str) -> None:
        """Take in the date and time of a line."""
        if len(date) == 8:
            year, month, day = int(date[:4]), int(date[4:6]), int(date[6:])
        else:
            month, day = int(date[:2]), int(date[2:])
            year = self._year_of(month, day)
        hour, minute, second = time.split(":")
        seconds = datetime.timedelta(hours=int(hour), minutes=int(minute), seconds=float(second))
        try:
            self._now = datetime.datetime(year, month, day) + seconds
        except (ValueError, OverflowError):
            return  # no date at all: the line counts as written with the one before

    def _year_of(self, month: int, day: int) -> int:
        if self._year is None:
            self._year = self._modified.year
            if (month, day) > (self._modified.month, self._modified.day):
                self._year -= 1
            while (month, day) == (2, 29) and not _is_leap(self._year):
                self._year -= 1
        elif self._now is not None and month < self._now.month:
            self._year += 1
        return self._year

    def begin(self) -> None:
        """A training begins here."""
        if self._now is None:
            return
        if self._start is None:
            self._start = self._now
        elif self._last is not None:
            self._idle += max(0.0, (self._now - self._last).total_seconds())
        self._last = self._now

    @property
    def seconds(self) -> float:
        """Since the first training began, or since the first number."""
        if self._now is None:
            return math.nan
        if self._start is None:
            self._start = self._now
        self._last = self._now
        return (self._now - self._start).total_seconds()

    @property
    def worked(self) -> float:
        return self.seconds - self._idle


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _metrics(lines: Iterable[str], path: PathLike) -> Iterator[Reading]:
    done = seconds = 0.0  # of the trainings before, when a file was gone on with
    for count, line in enumerate(lines, 1):
        if not line.endswith("\n"):  # the last one, of a process that was killed
            line = line if line.rstrip().endswith("}") else ""
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if record.get("kind") == "end":
                continue
            now = float(record.get("seconds", math.nan)) + done
            if abs(now) > 1e15:  # no clock runs so long
                raise ValueError
            if now < seconds:
                done, now = seconds, now - done + seconds
            seconds = now
            iteration = _iteration(record)
            for quantity, value in _numbers(record):
                known = math.nan if value is None else float(value)
                yield Reading(iteration, now, now, quantity, known)
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
            raise DataError(
                "this line is none of --metrics", file=os.fspath(path), line=count
            ) from None


def _iteration(record: dict[str, Any]) -> int:
    """ValueError for what no solver counts to."""
    value = record["iter"]
    if not 0 <= value < 1 << 53 or value != int(value):
        raise ValueError
    return int(value)


def _numbers(record: dict[str, Any]) -> Iterator[tuple[Quantity, Any]]:
    kind = record["kind"]
    if kind == "rate":
        yield Quantity("lr", "lr"), record["lr"]
    elif kind in ("train", "test"):
        net = int(record.get("net", 0))
        if kind == "train":
            yield Quantity("loss", "loss", is_loss=True), record["loss"]
        elif "loss" in record:
            yield Quantity("test", TEST_LOSS, net, True), record["loss"]
        for name, values in record["outputs"].items():
            is_loss = "loss" in name.lower()
            for i, value in enumerate(values if isinstance(values, list) else [values]):
                yield Quantity(kind, f"{name}[{i}]" if i else name, net, is_loss), value
