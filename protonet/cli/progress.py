"""A progress bar for training: iterations, loss, time left."""

from __future__ import annotations

import sys
from types import TracebackType

from ..solvers.callbacks import Callback
from ..solvers.solver import Solver
from .output import steady


class Progress(Callback[Solver]):
    """Context manager and callback; shows nothing where stderr is not a terminal."""

    def __init__(self, solver: Solver) -> None:
        self._bar = None
        if solver.rank == 0 and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = steady(
                tqdm(
                    total=solver.param.max_iter,
                    initial=solver.iter,
                    unit="iter",
                    leave=False,
                    dynamic_ncols=True,
                    file=sys.stderr,
                )
            )
            solver.add_callback(self)

    def on_iteration(self, solver: Solver) -> None:
        assert self._bar is not None
        self._bar.set_postfix_str(f"loss {solver.smoothed_loss:.4g}", refresh=False)
        self._bar.update(1)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
