"""Convolutions of arrays: choose a way, and go it for all groups at once or for each."""

from __future__ import annotations

from functools import partial

from numpy.typing import NDArray

from ..windows import Window
from .bias import backward_bias
from .choose import choose
from .way import WHOLE, Epilogue, Piece, run


def forward(
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    window: Window,
    group: int = 1,
    epilogue: Epilogue | None = None,
) -> None:
    """y = x * w + b.  x (N, C, in...), w (M, C / group, kernel...), y (N, M, out...), which may
    be channels of a wider array.

    epilogue: called for pieces of y that together are all of it, each as soon as it is written.
    """
    if x.size == 0:  # an empty batch, or nothing but padding
        y[...] = 0 if b is None else b.reshape(-1, *[1] * (y.ndim - 2))
        if epilogue is not None:
            epilogue(WHOLE)
        return
    _, way, g, apart, _ = choose(x.shape, w.shape, window, group, x.dtype)
    if not apart:
        run(way.forward(g, x, w, b, y), epilogue)
        return
    for i in range(group):
        ins, outs = _channels(i, g.channels), _channels(i, g.outputs)
        bias = None if b is None else b[outs]
        after = None if epilogue is None else partial(_in_group, epilogue, i, g.outputs)
        run(way.forward(g, x[:, ins], w[outs], bias, y[:, outs]), after)


def backward(
    x: NDArray | None,
    dy: NDArray,
    w: NDArray,
    dw: NDArray | None,
    db: NDArray | None,
    dx: NDArray | None,
    window: Window,
    group: int = 1,
) -> None:
    """Add the gradients to dw, the correlation of x with dy, and to db, the sum of dy;
    write dx, each dy spread over its window and weighted by w.  None: not wanted."""
    if any(a is not None and a.size == 0 for a in (x, dx, dy)):
        if dx is not None:
            dx.fill(0)
        dw = dx = None
    if x is None or dw is None:
        dw = None
        if db is not None:
            backward_bias(dy, db)
            db = None
    like = x if dx is None else dx
    if like is None or (dw is None and dx is None):
        return
    _, way, g, apart, _ = choose(like.shape, w.shape, window, group, dy.dtype)
    if not apart:
        run(way.backward(g, x, w, dy, dw, db, dx))
        return
    for i in range(group):
        ins, outs = _channels(i, g.channels), _channels(i, g.outputs)
        run(
            way.backward(
                g,
                None if x is None else x[:, ins],
                w[outs],
                dy[:, outs],
                None if dw is None else dw[outs],
                None if db is None else db[outs],
                None if dx is None else dx[:, ins],
            )
        )


def _in_group(epilogue: Epilogue, group: int, count: int, piece: Piece) -> None:
    """For a piece that a group wrote, whose channels are counted within it."""
    low, high, _ = piece.channels.indices(count)
    epilogue(piece._replace(channels=slice(group * count + low, group * count + high)))


def _channels(group: int, count: int) -> slice:
    return slice(group * count, (group + 1) * count)
