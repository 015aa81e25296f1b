"""Reading what a training has told: logs of any Caffe, and files of --metrics.

A log is a stream of numbers: at this iteration, after so many seconds, this quantity had
that value.  `read_runs` sorts them into curves, `read_tables` into the rows of a table.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
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


class Point(NamedTuple):
    iteration: int
    seconds: float
    value: float


@dataclass
class Run:
    """One training, from iteration 0 on, be it interrupted or not."""

    name: str
    curves: dict[Quantity, list[Point]] = field(default_factory=dict)


# -- curves ----------------------------------------------------------------------------------


def read_runs(path: PathLike) -> list[Run]:
    """The trainings in a log.  One that begins at iteration 0 again is another training;
    one that begins later goes on with the last, and replaces what that had beyond."""
    runs: list[Run] = []
    before = -1
    for reading in readings(path):
        if not runs or (reading.iteration == 0 and before > 0):
            number = f" #{len(runs) + 1}" if runs else ""
            runs.append(Run(Path(path).name + number))
        before = reading.iteration
        points = runs[-1].curves.setdefault(reading.quantity, [])
        while points and points[-1].iteration >= reading.iteration:
            points.pop()
        points.append(Point(reading.iteration, reading.worked, reading.value))
    if not runs:
        raise _no_log(path)
    return runs


def _no_log(path: PathLike) -> DataError:
    return DataError(
        "no line of a training is in it", "give a log or a file of --metrics", file=os.fspath(path)
    )


# -- tables ----------------------------------------------------------------------------------

Row = dict[str, float]


def read_tables(path: PathLike) -> tuple[list[Row], list[Row]]:
    """The outputs of training and of testing as Caffe's parse_log.py sorts them: a row an
    iteration, with NumIters, Seconds, LearningRate (the last one told before) and the outputs."""
    tables: dict[str, list[Row]] = {"train": [], "test": []}
    rate = first_rate = math.nan
    found = False
    for reading in readings(path):
        found = True
        quantity = reading.quantity
        if quantity.kind == "lr":
            rate = reading.value
            first_rate = rate if math.isnan(first_rate) else first_rate
        if quantity.kind not in tables or quantity.name == TEST_LOSS:
            continue
        rows = tables[quantity.kind]
        name = quantity.name if not quantity.net else f"{quantity.name} (#{quantity.net})"
        if not rows or rows[-1]["NumIters"] != reading.iteration or name in rows[-1]:
            rows.append(
                {
                    "NumIters": float(reading.iteration),
                    "Seconds": reading.seconds,
                    "LearningRate": rate,
                }
            )
        rows[-1][name] = reading.value
    if not found:
        raise _no_log(path)
    for rows in tables.values():
        # The first row stands before the first rate; it gets that of the next, as in Caffe.
        if rows:
            rows[0]["LearningRate"] = rows[1]["LearningRate"] if len(rows) > 1 else first_rate
    return tables["train"], tables["test"]


# -- the stream of readings ------------------------------------------------------------------

TEST_LOSS = "total loss"

_PREFIX = re.compile(
    r"[IWEF](?P<date>\d{8}|\d{4}) (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?) +\d+ [^\]\s]+:\d+\] ?"
)
_ITERATION = re.compile(r"\bIteration (\d+)")
_TESTING = re.compile(r"Testing net \(#(\d+)\)")
# "Iteration 20, loss = 1", "(5 iter/s, 4s/20 iters), loss = 1", "(...), 0.4/3ep, loss = 1"
_LOSS = re.compile(r"\bIteration \d+\b.*?[,)] *loss = ([^\s,]+)")
_RATE = re.compile(r"\bIteration \d+, lr = ([^\s,]+)")
_TEST_LOSS = re.compile(r"\bTest loss: (\S+)")
_OUTPUT = re.compile(r"(Train|Test) net output #(\d+): (\S+) = (\S+)( \(\*)?")


def readings(path: PathLike) -> Iterator[Reading]:
    """All numbers of a log, or of a file of JSON lines as --metrics writes it, in order."""
    try:
        modified = os.stat(path).st_mtime
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = iter(file)
            first = next(lines, "")
            rest = _with_first(first, lines)
            if first.lstrip().startswith("{"):
                yield from _metrics(rest, path)
            else:
                yield from _log(rest, _Clock(modified))
    except OSError as error:
        what, hint = why_unreadable(path, error)
        raise DataError(what, hint, file=os.fspath(path)) from error


def _with_first(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _log(lines: Iterable[str], clock: _Clock) -> Iterator[Reading]:
    iteration, net = -1, 0
    names: dict[str, list[str]] = {"train": [], "test": []}
    for line in lines:
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
        for quantity, value in _quantities(text, net, names):
            yield Reading(iteration, clock.seconds, clock.worked, quantity, number(value))


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
    elif found := _TEST_LOSS.search(text):
        yield Quantity("test", TEST_LOSS, net, True), found[1]


def number(text: str) -> float:
    """A number as any C library prints it: -nan, 1.#INF and nan(ind) too."""
    try:
        return float(text)
    except ValueError:
        low = text.lower()
        if "inf" in low:
            return -math.inf if low.startswith("-") else math.inf
        return math.nan


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
        except ValueError:
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
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            now = float(record.get("seconds", math.nan)) + done
            if now < seconds:
                done, now = seconds, now - done + seconds
            seconds = now
            for quantity, value in _numbers(record):
                known = math.nan if value is None else float(value)
                yield Reading(int(record["iter"]), now, now, quantity, known)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DataError(
                "this line is none of --metrics", file=os.fspath(path), line=count
            ) from None


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
