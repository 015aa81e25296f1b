"""CsvLog: what is told of a training as a table for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

from ..net.net import Net
from ..solvers.lasting_file import LastingFile
from ..solvers.state import TrainingState
from ..solvers.totals import scores_of
from .rows import Row, Rows, Values


class CsvLog(Rows):
    """Writes a line for each iteration that is displayed or tested.

    Columns: iter, seconds, lr, loss, train_NAME for each output of the train net and test_NAME
    for each of the test net (test1_NAME for the second), NAME_0, NAME_1, ... for those of
    several values.  A training that goes on from a snapshot goes on with its file; else it
    begins anew.  `close` writes the last line.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        super().__init__()
        self._path = Path(path)
        self._file: LastingFile | None = None
        self._solver: TrainingState | None = None
        self._first = -1  # the iteration that it begins with, once that is known

    def on_added(self, solver: TrainingState) -> None:
        self._solver = solver
        open(self._path, "a", encoding="utf-8").close()  # or an error, at once
        self._columns = ["iter", "seconds", "lr", "loss"]
        for prefix, net in _nets(solver):
            single = scores_of(net)
            for name in net.outputs:
                count = 1 if name in single else net.blobs[name].count
                self._columns += _names(f"{prefix}_{name}", count)

    def on_start(self, solver: TrainingState) -> None:
        super().on_start(solver)
        if self._first < 0:
            self._first = solver.iter

    def on_row(self, solver: TrainingState, row: Row) -> None:
        values: dict[str, Any] = {"iter": row.iter, "seconds": round(row.seconds, 3)}
        values |= {"lr": row.lr, "loss": row.loss, **_flat("train", row.outputs)}
        for net, outputs in row.tests.items():
            values |= _flat(_prefix(net), outputs)
        if self._file is None:
            self._file = self._opened()
        self._file.write(_line([values.get(name) for name in self._columns]))

    def _opened(self) -> LastingFile:
        goes_on = self._first > 0 and self._path.stat().st_size > 0
        file = LastingFile(self._path, "a" if goes_on else "w", newline="")
        if not goes_on:
            file.write(_line(self._columns))
        return file

    def close(self) -> None:
        if self._solver is not None:
            self.finish(self._solver)
        if self._file is not None:
            self._file.close()


def _nets(solver: TrainingState) -> list[tuple[str, Net]]:
    return [("train", solver.net), *((_prefix(i), net) for i, net in enumerate(solver.test_nets))]


def _prefix(net: int) -> str:
    return f"test{net or ''}"


def _names(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}_{i}" for i in range(count)]


def _flat(prefix: str, outputs: Values) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in outputs.items():
        values = value if isinstance(value, list) else [value]
        found |= dict(zip(_names(f"{prefix}_{name}", len(values)), values))
    return found


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow("" if x is None else x for x in cells)
    return text.getvalue()
