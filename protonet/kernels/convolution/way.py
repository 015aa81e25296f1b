"""The protocol of a way to convolve, and how its stages of tasks are run.

A way is a module of this package with the functions of `Way`.  Arrays are those of the layer:
x, dx (N, G C, in...); w, dw (G M, C, kernel...); b, db (G M); y, dy (N, G M, out...).

`forward` and `backward` are generators of stages.  The tasks of a stage do not depend on one
another, and those of the next may use all that they made; what a generator does itself, between
two stages, is done by one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from .. import threads
from .geometry import Geometry

Task = Callable[[], None]


class Piece(NamedTuple):
    """A piece of y, seen as (N, G M, positions)."""

    images: slice
    channels: slice
    positions: slice


#: For a piece of y, what is to be done as soon as it is written, by the thread that wrote it.
Epilogue = Callable[[Piece], Task]
#: All of y.
WHOLE = Piece(slice(None), slice(None), slice(None))

#: Multiply-adds from which a stage is cut into several tasks: processes share so little, threads
#: more; and the numbers are the same whoever does them.
CUT = 3 << 20
#: Multiply-adds that adding up the partial sums of one weight's gradient takes as long as.
FINISH = 16


class Stage(NamedTuple):
    """Tasks that may run at the same time.  work: about how many multiply-adds they are.

    pieces: of the stage of a forward that writes y, what each task has then written; no two
    overlap.
    """

    tasks: Sequence[Task]
    work: int = threads.SMALL
    pieces: list[Piece] | None = None


Stages = Iterator[Stage]


class Verdict(NamedTuple):
    """Whether a way takes a geometry, and why or why not: a few words after "because"."""

    suits: bool
    why: str


class Backward(NamedTuple):
    """The arrays of a backward: what is given, and what is made of it; None: not wanted.  x is
    there where dw is wanted, and dw where db is."""

    x: NDArray | None
    w: NDArray
    dy: NDArray
    dw: NDArray | None
    db: NDArray | None
    dx: NDArray | None


class Way(Protocol):
    """What the module of a way holds."""

    def suits(self, g: Geometry, /) -> Verdict:
        """Can it do this, and does it pay?  By shape alone."""

    def ready(self, g: Geometry, w: NDArray, b: NDArray | None, /) -> Any:
        """What `forward` makes of weights that stay, once for many calls, in memory of its own;
        None: nothing."""

    def forward(
        self,
        g: Geometry,
        x: NDArray,
        w: NDArray,
        b: NDArray | None,
        y: NDArray,
        ready: Any = None,
        /,
    ) -> Stages:
        """Write y = x * w [+ b].  With what `ready` gave, the generator does nothing itself, and
        its stages can be run again."""

    def backward(self, g: Geometry, a: Backward, /) -> Stages:
        """Add to dw and db, write dx."""


def run(stages: Iterable[Stage]) -> None:
    """Do one stage after the other, by several threads where it is worth waking them."""
    for tasks, work, _ in stages:
        threads.run(lambda i, tasks=tasks: tasks[i](), len(tasks), work)  # type: ignore[misc]


def finished(stages: Iterable[Stage], epilogue: Epilogue) -> Stages:
    """The stages with an epilogue for each piece of y, or, of a way that tells no pieces, with one
    for all of it at the end."""
    told = False
    for tasks, work, pieces in stages:
        if pieces is None:
            yield Stage(tasks, work)
        else:
            told = True
            both = zip(tasks, pieces)
            yield Stage([partial(_both, task, epilogue(piece)) for task, piece in both], work)
    if not told:
        yield Stage([epilogue(WHOLE)], 0)


def _both(task: Task, after: Task) -> None:
    task()
    after()


def nothing(g: Geometry, w: NDArray, b: NDArray | None) -> None:
    """`ready` of ways that take the weights as they are."""
