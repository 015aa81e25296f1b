"""The log of a training for people: a table that grows, a row for each iteration displayed."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable

from ..callbacks import Row, Rows
from ..solvers.solver import Solver
from ..solvers.state import TrainingState
from ..solvers.totals import scores_of
from .output import print_above

#: Rows after which the names of the columns are repeated.
_REPEAT = 30
_GAP = "  "


class Table(Rows):
    """Columns: iteration, loss, outputs of the tests as far as there is room, learning rate,
    iterations a second, time left.

    show: what prints a line.  width: of the terminal.
    """

    def __init__(
        self, show: Callable[[str], object] = print_above, width: int | None = None
    ) -> None:
        super().__init__()
        self._show = show
        self._width = width or shutil.get_terminal_size().columns
        self._tests: list[tuple[int, str]] = []
        self._left_out: list[str] = []
        self._rows = 0

    def on_added(self, solver: TrainingState) -> None:
        self._first: int | None = None
        room = self._width - len(_GAP.join(_FIXED.values()))
        for number, net in enumerate(solver.test_nets):
            single = scores_of(net)
            for name in net.outputs:
                if name not in single:
                    self._left_out.append(name)
                elif room >= (needed := len(_GAP) + _column(_title(number, name))):
                    self._tests.append((number, name))
                    room -= needed
                else:
                    self._left_out.append(_title(number, name))

    def begin(self, solver: Solver) -> None:
        """The lines above the table."""
        param, net = solver.param, solver.net
        count = sum(blob.count for blob in net.learnable_params)
        policy = f" ({param.lr_policy})" if param.lr_policy else ""
        self._show(
            f"{net.name or 'The net'}: {count:,} parameters; {solver.type}, base_lr "
            f"{param.base_lr:g}{policy}; {param.max_iter} iterations"
        )
        if self._left_out:
            names = ", ".join(self._left_out)
            self._show(f"not in the table: {names} (--metrics and --csv have them)")

    def on_start(self, solver: TrainingState) -> None:
        super().on_start(solver)
        if self._first is None:
            self._first = solver.iter

    def on_row(self, solver: TrainingState, row: Row) -> None:
        if self._rows % _REPEAT == 0:
            self._show(self._head())
        self._rows += 1
        self._show(self._line(solver, row).rstrip())

    def _head(self) -> str:
        tests = [_title(*test).rjust(_column(_title(*test))) for test in self._tests]
        names = list(_FIXED.values())
        return _GAP.join([*names[:2], *tests, *names[2:]])

    def _line(self, solver: TrainingState, row: Row) -> str:
        cells = [f"{row.iter}", _number(row.loss)]
        widths = [len(_FIXED["iter"]), len(_FIXED["loss"])]
        for number, name in self._tests:
            value = row.tests.get(number, {}).get(name)
            cells.append(_number(value if isinstance(value, float) else None))
            widths.append(_column(_title(number, name)))
        left = self._left(solver, row)
        cells += [_number(row.lr), _speed(row.speed), duration(left) if left is not None else ""]
        widths += [len(_FIXED[name]) for name in ("lr", "speed", "left")]
        return _GAP.join(cell.rjust(width) for cell, width in zip(cells, widths))

    def _left(self, solver: TrainingState, row: Row) -> float | None:
        """Seconds to max_iter, if it goes on as it went: tests and snapshots are in it."""
        done, ahead = solver.iter - (self._first or 0), solver.param.max_iter - solver.iter
        goes_on = done > 0 and ahead > 0 and not solver.stopped
        return row.seconds / done * ahead if goes_on else None


#: Names of the columns that are always there, as wide as these are.
_FIXED = {
    "iter": "iteration",
    "loss": "     loss",
    "lr": "     rate",
    "speed": "  it/s",
    "left": "time left",
}


def _title(net: int, name: str) -> str:
    """Of an output of a test net, 14 characters at the most."""
    title = f"test {name}" + (f" #{net}" if net else "")
    return title if len(title) <= 14 else f"{title[:13]}…"


def _column(title: str) -> int:
    return max(8, len(title))


def _number(value: float | None) -> str:
    """Four digits, 9 characters at the most: 0.9867, 12.35, 1.2e-05."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return f"{value}"
    if value == 0 or 0.001 <= abs(value) < 100_000:
        return f"{value:#.4g}".rstrip(".")
    return f"{value:.3g}"


def _speed(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def duration(seconds: float) -> str:
    """m:ss, h:mm:ss, or days.

    >>> [duration(x) for x in (0.4, 75, 3700, 200000)]
    ['0:00', '1:15', '1:01:40', '2d 7h']
    """
    whole = round(seconds)
    if whole >= 86400:
        return f"{whole // 86400}d {whole % 86400 // 3600}h"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
