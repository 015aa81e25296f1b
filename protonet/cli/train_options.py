"""What can be asked of protonet train besides: callbacks by options, and trials."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from ..log import number, tell
from ..parallel.launch import again
from .common import positive

if TYPE_CHECKING:
    from ..callbacks import BestSnapshot
    from ..solvers.solver import Solver
    from ..solvers.trials import LrSearch, Overfit

#: Iterations of a trial that gets no number.
_TRIAL = {"find_lr": 100, "overfit": 200}
#: Of a search's first loss, what is left where it fell.
_FELL = 0.95
#: Lines of a search's chart, and the length of the longest.
_BARS, _BAR = 16, 36


def add_callback_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("on the way")
    group.add_argument(
        "--early-stopping",
        type=positive,
        metavar="N",
        help="end when N tests one after the other brought nothing better",
    )
    group.add_argument(
        "--best", action="store_true", help="keep the best weights too, as PREFIX_best.caffemodel"
    )
    group.add_argument(
        "--monitor",
        metavar="OUTPUT",
        help="what these two watch (default: the accuracy of the test net, or what it has)",
    )
    group.add_argument(
        "--keep", type=positive, metavar="N", help="keep the last N of the snapshots alone"
    )
    group.add_argument("--metrics", metavar="FILE", help="write the numbers as JSON lines")
    group.add_argument("--csv", metavar="FILE", help="write the numbers as a table")
    group.add_argument("--tensorboard", metavar="DIR", help="write them for TensorBoard")


def add_trial_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("instead of a training").add_mutually_exclusive_group()
    group.add_argument(
        "--find-lr",
        type=positive,
        nargs="?",
        const=_TRIAL["find_lr"],
        metavar="N",
        help="try N rates from small to large (default: %(const)s) and suggest a base_lr",
    )
    group.add_argument(
        "--overfit",
        type=positive,
        nargs="?",
        const=_TRIAL["overfit"],
        metavar="N",
        help="train N iterations (default: %(const)s) on one batch, which a net that works learns "
        "by heart",
    )


@contextmanager
def callbacks_added(solver: Solver, args: argparse.Namespace) -> Iterator[BestSnapshot | None]:
    """The callbacks that options ask for, until the training is over; that of --best."""
    from .. import callbacks
    from .main import UsageError

    if args.monitor and not (args.early_stopping or args.best):
        raise UsageError("--monitor says what --early-stopping and --best watch: give one of them")
    best = callbacks.BestSnapshot(args.monitor) if args.best else None
    added: list[Any] = [best] if best else []
    if args.early_stopping:
        added.append(callbacks.EarlyStopping(args.early_stopping, args.monitor))
    if args.keep:
        added.append(callbacks.KeepLast(args.keep))
    for path, kind in (
        (args.metrics, callbacks.MetricsFile),
        (args.csv, callbacks.CsvLog),
        (args.tensorboard, callbacks.TensorBoardLog),
    ):
        if path and solver.rank == 0:  # of several workers, which would write the same
            added.append(kind(path))
    with ExitStack() as stack:
        for callback in added:
            stack.callback(callback.close)
            solver.add_callback(callback)
        yield best


# -- trials ----------------------------------------------------------------------------------


def run_trial(solver: Solver, path: str, args: argparse.Namespace) -> int:
    """--find-lr or --overfit; what came of it on the standard output."""
    from ..solvers.trials import find_lr, overfit_batch
    from .dataset import meter

    count = args.overfit or max(2, args.find_lr)
    if args.find_lr:
        tell("Trying %d rates; nothing is kept", count)
        with meter("find-lr", count, " iterations", leave=False) as progress:
            search = find_lr(solver, iterations=count, progress=progress)
        for line in _search_lines(search, path):
            print(line)
        return 0
    tell("Training on one batch; nothing is kept")
    with meter("overfit", count, " iterations", leave=False) as progress:
        result = overfit_batch(solver, count, progress)
    for line in _overfit_lines(result):
        print(line)
    return 0 if result.learnt else 1


def _search_lines(search: LrSearch, path: str) -> list[str]:
    import numpy as np

    low, high = float(search.losses.min()), float(min(search.losses.max(), search.losses[0] * 1.5))
    picks = np.unique(np.linspace(0, len(search.rates) - 1, _BARS).round().astype(int))
    lines = ["     rate       loss"]
    for i in picks:
        part = (search.losses[i] - low) / (high - low) if high > low else 0.0
        bar = "#" * round(min(1.0, float(part)) * _BAR)
        lines.append(f"{search.rates[i]:>9.2g}  {search.losses[i]:>9.4g}  {bar}".rstrip())
    least = float(search.rates[search.losses.argmin()])
    if low > _FELL * search.losses[0]:
        return [*lines, "The loss hardly fell: give --find-lr more iterations, or try --overfit"]
    rate = f"{search.suggestion:.1g}"
    return [
        *lines,
        f"The loss was least at {least:.2g}; a tenth of that leaves room: base_lr: {rate}",
        f"Next: {again()}protonet train {path} --set base_lr={rate}",
    ]


def _overfit_lines(result: Overfit) -> list[str]:
    fell = f"{number(result.first)}, {number(result.last)} at iteration {len(result.losses)}"
    lines = [f"Loss on one batch: {fell}"]
    if result.learnt:
        return [*lines, "The net learns a batch by heart: data, loss and gradients fit together"]
    if result.last < 0.7 * result.first:
        return [*lines, "It learns, but slowly: give more iterations, or a rate of --find-lr"]
    return [
        *lines,
        "It does not learn one batch: look at the labels, at layers without gradient "
        "(protonet check) and at the rate (--find-lr)",
    ]
