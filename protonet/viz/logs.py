"""The trainings in a log, as curves (`read_runs`) and as the rows of a table (`read_tables`)."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..errors import DataError
from .readings import TEST_LOSS, PathLike, Quantity, readings


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


def read_runs(path: PathLike, name: str = "") -> list[Run]:
    """The trainings in a log.  One that begins at iteration 0 again is another training;
    one that begins later goes on with the last, and replaces what that had beyond.

    name: of the runs, if the file's does not tell them from others.
    """
    runs: list[Run] = []
    before = -1
    for reading in readings(path):
        if not runs or (reading.iteration == 0 and before > 0):
            number = f" #{len(runs) + 1}" if runs else ""
            runs.append(Run((name or Path(path).name) + number))
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
    tables: dict[str, list[Row]] = {"train": [], "test": [], "loss": []}
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
    # Logs of 2014 do not tell the outputs of training, but their sum.
    return tables["train"] or tables["loss"], tables["test"]
