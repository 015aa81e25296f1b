"""Many values to one: over several arrays (Eltwise, Split) or along an axis (Reduction).

The functions over several arrays take flat arrays of one length and go through them in
chunks that stay in the cache, so that each further operand costs one pass over memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import threads
from .scratch import buffer
from .threads import PIECE

Arrays = Sequence[NDArray]


def weighted_sum(xs: Arrays, weights: Sequence[float], out: NDArray) -> None:
    """out = sum over i of weights[i] * xs[i]; `out` is none of the `xs`."""

    def piece(start: int, stop: int) -> None:
        y = out[start:stop]
        np.multiply(xs[0][start:stop], weights[0], out=y)
        for x, weight in zip(xs[1:], weights[1:]):
            if weight == 1:
                np.add(y, x[start:stop], out=y)
            else:
                term = buffer("reduce", y.shape, y.dtype)
                np.add(y, np.multiply(x[start:stop], weight, out=term), out=y)

    threads.for_chunks(out.size, PIECE, piece)


def product(xs: Arrays, out: NDArray) -> None:
    """out = product of all `xs`; `out` may be the first of them."""

    def piece(start: int, stop: int) -> None:
        y = out[start:stop]
        np.multiply(xs[0][start:stop], xs[1][start:stop], out=y)
        for x in xs[2:]:
            np.multiply(y, x[start:stop], out=y)

    threads.for_chunks(out.size, PIECE, piece)


def quotient(dy: NDArray, y: NDArray, x: NDArray, out: NDArray) -> None:
    """out = dy * y / x: the gradient of a product y with respect to its factor x."""

    def piece(start: int, stop: int) -> None:
        d = out[start:stop]
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(y[start:stop], x[start:stop], out=d)
        np.multiply(d, dy[start:stop], out=d)

    threads.for_chunks(out.size, PIECE, piece)


def maximum(xs: Arrays, out: NDArray, winner: NDArray) -> None:
    """out = the largest of `xs`, winner = its index.

    Ties are Caffe's: the second array wins against an equal first one, any later array
    must be strictly greater than what came before.
    """

    def piece(start: int, stop: int) -> None:
        y, who = out[start:stop], winner[start:stop]
        first, second = xs[0][start:stop], xs[1][start:stop]
        greater = np.greater(first, second, out=buffer("reduce", y.shape, np.bool_))
        np.copyto(y, second)
        np.copyto(y, first, where=greater)
        np.logical_not(greater, out=who)
        for i in range(2, len(xs)):
            x = xs[i][start:stop]
            np.greater(x, y, out=greater)
            np.copyto(y, x, where=greater)
            np.copyto(who, i, where=greater)

    threads.for_chunks(out.size, PIECE, piece)


def route(dy: NDArray, winner: NDArray, index: int, out: NDArray) -> None:
    """out = dy where `index` won, else 0."""

    def piece(start: int, stop: int) -> None:
        d = out[start:stop]
        d.fill(0)
        won = np.equal(winner[start:stop], index, out=buffer("reduce", d.shape, np.bool_))
        np.copyto(d, dy[start:stop], where=won)

    threads.for_chunks(out.size, PIECE, piece)


def sum_rows(x: NDArray, coeff: float, out: NDArray) -> None:
    """out[r] = coeff * sum of x[r, :]."""
    np.add.reduce(x, axis=1, out=out)
    np.multiply(out, coeff, out=out)


def sum_rows_of(fn: np.ufunc, x: NDArray, coeff: float, out: NDArray, scratch: NDArray) -> None:
    """out[r] = coeff * sum of fn(x[r, :]); `scratch` is shaped as x."""
    threads.for_chunks(
        x.shape[0],
        max(1, PIECE // max(1, x.shape[1])),
        lambda start, stop: fn(x[start:stop], out=scratch[start:stop]),
    )
    sum_rows(scratch, coeff, out)
