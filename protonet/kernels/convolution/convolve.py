"""Convolutions of arrays: choose a way, and go it for all groups at once or for each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..windows import Window
from .bias import backward_bias
from .choose import choose
from .geometry import Geometry
from .way import WHOLE, Backward, Epilogue, Piece, Stage, Task, finished, run


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

    epilogue: asked for pieces of y that together are all of it what is to be done to each as soon
    as it is written.
    """
    if x.size == 0:
        run(_empty(b, y, epilogue))
        return
    _, way, g, apart, _ = choose(x.shape, w.shape, window, group, x.dtype)
    for part in _parts(x, w, b, y, g, group if apart else 1, epilogue):
        stages = way.forward(g, *part[:4])
        run(stages if part.epilogue is None else finished(stages, part.epilogue))


class Lasting:
    """A convolution whose weights stay as they are: what can be made of them is made once, and
    what it takes to run it is worked out once for the arrays it is run on."""

    def __init__(self, w: NDArray, b: NDArray | None, window: Window, group: int = 1) -> None:
        self._w, self._b, self._window, self._group = w, b, window, group
        self._geometry: Geometry | None = None
        self._ready: list[Any] = []

    def stages(self, x: NDArray, y: NDArray, epilogue: Epilogue | None) -> list[Stage]:
        """What `forward` runs: to be run as often as wanted, while there is no other use for the
        scratch that it holds."""
        w, b = self._w, self._b
        if x.size == 0:
            return list(_empty(b, y, epilogue))
        _, way, g, apart, _ = choose(x.shape, w.shape, self._window, self._group, x.dtype, True)
        parts = list(_parts(x, w, b, y, g, self._group if apart else 1, epilogue))
        if g is not self._geometry:
            self._geometry, self._ready = g, [way.ready(g, part.w, part.b) for part in parts]
        stages: list[Stage] = []
        for part, ready in zip(parts, self._ready):
            each = way.forward(g, *part[:4], ready)
            stages += each if part.epilogue is None else finished(each, part.epilogue)
        return stages

    @property
    def nbytes(self) -> int:
        """Memory of what was made of the weights."""
        made = [ready for ready in self._ready if isinstance(ready, np.ndarray)]
        return sum(ready.nbytes for ready in made if not np.may_share_memory(ready, self._w))


class _Part(NamedTuple):
    """What a way gets: all groups, or one."""

    x: NDArray
    w: NDArray
    b: NDArray | None
    y: NDArray
    epilogue: Epilogue | None


def _parts(
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    g: Geometry,
    count: int,
    epilogue: Epilogue | None,
) -> Iterator[_Part]:
    if count == 1:
        yield _Part(x, w, b, y, epilogue)
        return
    for i in range(count):
        ins, outs = _channels(i, g.channels), _channels(i, g.outputs)
        after = None if epilogue is None else partial(_in_group, epilogue, i, g.outputs)
        yield _Part(x[:, ins], w[outs], None if b is None else b[outs], y[:, outs], after)


def _empty(b: NDArray | None, y: NDArray, epilogue: Epilogue | None) -> Iterator[Stage]:
    """Of an empty batch, or of nothing but padding."""
    value = 0 if b is None else b.reshape(-1, *[1] * (y.ndim - 2))
    yield Stage([lambda: np.copyto(y, value)], 0)
    if epilogue is not None:
        yield Stage([epilogue(WHOLE)], 0)


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
    for i in range(group if apart else 1):
        ins, outs = _channels(i, g.group * g.channels), _channels(i, g.group * g.outputs)
        given, made = (None if a is None else a[:, ins] for a in (x, dx))
        of_w, of_b = (None if a is None else a[outs] for a in (dw, db))
        run(way.backward(g, Backward(given, w[outs], dy[:, outs], of_w, of_b, made)))


def _in_group(epilogue: Epilogue, group: int, count: int, piece: Piece) -> Task:
    """For a piece that a group wrote, whose channels are counted within it."""
    low, high, _ = piece.channels.indices(count)
    return epilogue(piece._replace(channels=slice(group * count + low, group * count + high)))


def _channels(group: int, count: int) -> slice:
    return slice(group * count, (group + 1) * count)
