"""The protocol of a way to convolve, and how its stages of tasks are run.

A way is a module of this package with the functions of `Way`.  Arrays are those of the layer:
x, dx (N, G C, in...); w, dw (G M, C, kernel...); b, db (G M); y, dy (N, G M, out...).

`forward` and `backward` are generators of stages.  The tasks of a stage do not depend on one
another, and those of the next may use all that they made; what a generator does itself, between
two stages, is done by one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, Protocol

from numpy.typing import NDArray

from .. import threads
from .geometry import Geometry

Task = Callable[[], None]


class Piece(NamedTuple):
    """A piece of y, seen as (N, G M, positions)."""

    images: slice
    channels: slice
    positions: slice


#: What is done to a piece of y as soon as it is written, by the thread that wrote it.
Epilogue = Callable[[Piece], object]
#: All of y.
WHOLE = Piece(slice(None), slice(None), slice(None))

#: Multiply-adds below which waking another thread takes longer than they do.
SMALL = 1 << 21
#: Multiply-adds that adding up the partial sums of one weight's gradient takes as long as.
FINISH = 16


class Stage(NamedTuple):
    """Tasks that may run at the same time.  work: about how many multiply-adds they are.

    pieces: of the stage of a forward that writes y, what each task has then written; no two
    overlap.
    """

    tasks: list[Task]
    work: int = SMALL
    pieces: list[Piece] | None = None


Stages = Iterator[Stage]


class Verdict(NamedTuple):
    """Whether a way takes a geometry, and why or why not: a few words after "because"."""

    suits: bool
    why: str


class Way(Protocol):
    """What the module of a way holds."""

    def suits(self, g: Geometry, /) -> Verdict:
        """Can it do this, and does it pay?  By shape alone."""

    def forward(
        self, g: Geometry, x: NDArray, w: NDArray, b: NDArray | None, y: NDArray, /
    ) -> Stages:
        """Write y = x * w [+ b]."""

    def backward(
        self,
        g: Geometry,
        x: NDArray | None,
        w: NDArray,
        dy: NDArray,
        dw: NDArray | None,
        db: NDArray | None,
        dx: NDArray | None,
        /,
    ) -> Stages:
        """Add to dw and db, write dx; None: not wanted.  x is there where dw is wanted, and dw
        where db is."""


def run(stages: Iterable[Stage], epilogue: Epilogue | None = None) -> None:
    """Do one stage after the other, by several threads where it is worth waking them.

    epilogue: for each piece of y; of a way that tells no pieces, once for all of it.
    """
    rest = epilogue
    for tasks, work, pieces in stages:
        if epilogue is not None and pieces is not None:
            tasks = [partial(_both, *pair, epilogue) for pair in zip(tasks, pieces)]
            rest = None
        if work < SMALL:
            for task in tasks:
                task()
        else:
            threads.run(lambda i, tasks=tasks: tasks[i](), len(tasks))  # type: ignore[misc]
    if rest is not None:
        rest(WHOLE)


def _both(task: Task, piece: Piece, epilogue: Epilogue) -> None:
    task()
    epilogue(piece)
