"""A progress bar on the page of a notebook: iterations, loss, rate, tests, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from ..log import in_notebook
from .callbacks import Callback
from .state import TrainingState

#: Seconds from one drawing of the bar to the next.
_PAUSE = 0.25


@contextmanager
def progress(solver: TrainingState) -> Iterator[None]:
    """Shows a bar while the body trains, if this is the kernel of a notebook."""
    if not in_notebook() or solver.rank > 0:
        yield
        return
    bar = _Bar(solver)
    solver.add_callback(bar)
    try:
        yield
    finally:
        solver.callbacks.remove(bar)
        bar.show(solver, done=True)


class _Bar(Callback[TrainingState]):
    """Needs nothing but the page: no widgets."""

    def __init__(self, solver: TrainingState) -> None:
        display: Any = sys.modules["IPython"].display.display
        self._start, self._begun = time.monotonic(), solver.iter
        self._tests: dict[str, float] = {}
        self._rate: float | None = None
        self._shown = -_PAUSE
        self._handle: Any = display(self._drawn(solver), raw=True, display_id=True)

    def on_iteration(self, solver: TrainingState) -> None:
        if time.monotonic() - self._shown >= _PAUSE:
            self.show(solver)

    def on_report(self, solver: TrainingState, record: dict[str, Any]) -> None:
        if record["kind"] == "rate":
            self._rate = record["lr"]
        elif record["kind"] == "test":
            net = f" #{record['net']}" if record.get("net") else ""
            for name, value in record["outputs"].items():
                if not isinstance(value, list):
                    self._tests[f"test {name}{net}"] = value

    def show(self, solver: TrainingState, done: bool = False) -> None:
        self._shown = time.monotonic()
        self._handle.update(self._drawn(solver, done), raw=True)

    def _drawn(self, solver: TrainingState, done: bool = False) -> dict[str, str]:
        words = " \u00b7 ".join(self._words(solver, done))
        bar = f'<progress max="{solver.param.max_iter}" value="{solver.iter}"></progress>'
        return {"text/html": f"<div>{bar} {escape(words)}</div>", "text/plain": words}

    def _words(self, solver: TrainingState, done: bool) -> Iterator[str]:
        yield f"{solver.iter:,} of {solver.param.max_iter:,} iterations"
        made, seconds = solver.iter - self._begun, time.monotonic() - self._start
        if made:
            yield f"loss {solver.smoothed_loss:.4g}"
        if self._rate is not None:
            yield f"lr {self._rate:.4g}"
        for name, value in self._tests.items():
            yield f"{name} {value:.4g}"
        if made:
            yield f"{made / seconds:.3g} iter/s"
        if done or not made:
            yield f"{_clock(seconds)} taken"
        else:
            yield f"{_clock(seconds / made * (solver.param.max_iter - solver.iter))} left"


def _clock(seconds: float) -> str:
    """125 -> '2:05'; 3725 -> '1:02:05'."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
