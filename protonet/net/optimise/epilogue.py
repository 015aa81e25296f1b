"""What is done to values while they are hot: rectifiers, bounds, and a sum with another blob.

An operation gets a piece of y (images, channels, positions) and where it lies, and gives the task
that changes it in place: as often as it is run, for what is looked up is looked up once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Layer
from ...kernels import affine, scratch
from ...kernels.convolution import Piece, Stage, Task
from ...layers.channel.relu6 import ReLU6
from ...layers.clip import Clip
from ...layers.eltwise import Eltwise
from ...layers.prelu import PReLU
from ...layers.relu import ReLU
from ..step import Step

Operation = Callable[[NDArray, Piece], Task]

#: Bytes of a result that stay in a cache.
CACHE = 1 << 23
#: Values in one run from which it does not matter that the next run lies elsewhere.
RUN = 1 << 12
#: Values of a block of what was written before, and multiply-adds that one takes as long as.
BLOCK, WORK = 1 << 16, 16
#: Values up to which a comparison with as many zeros is faster than np.clip.
ZEROS = 1 << 16


def activation(layer: Layer) -> Operation | None:
    """The operation of a layer that looks at one value alone; None if it is no such layer."""
    if type(layer) is ReLU:
        bounded = layer.high < math.inf
        if bounded:
            return _rectifier_up_to(layer.slope, layer.high)
        rectify = _rectifier(layer.slope)
        return lambda y, piece: rectify(y)
    if type(layer) is Clip:
        return _bounds(*layer.bounds)
    if type(layer) is ReLU6:
        return _rectifier_up_to(layer.slope, layer.high)
    if type(layer) is PReLU:
        return _channel_rectifier(layer.blobs[0])
    return None


def scaled(scale: NDArray, shift: NDArray) -> Operation:
    """y scale + shift, numbers of each channel."""

    def operation(y: NDArray, piece: Piece) -> Task:
        return partial(_scale, y, scale[piece.channels, None], shift[piece.channels, None])

    return operation


def is_sum(step: Step) -> bool:
    """Is it the plain sum of its bottoms?"""
    return type(step.layer) is Eltwise and step.layer.plain_sum


def add(blob: Blob) -> Operation:
    """y += the values of a blob of y's shape."""

    def operation(y: NDArray, piece: Piece) -> Task:
        data = blob.data
        return partial(np.add, y, data.reshape(*data.shape[:2], -1)[piece], out=y)

    return operation


class Finish:
    """All operations for y (N, C, positions): for each piece as soon as it is written, or for all
    of it by `rest`, stages for after the others.

    Of a piece that lies in short runs NumPy takes one after the other, which takes longer than to
    come back to a y that is still in the cache.
    """

    def __init__(self, operations: Sequence[Operation], y: NDArray) -> None:
        self._operations, self._y = operations, y
        self._late: list[Piece] = []
        self._done = False

    def __call__(self, piece: Piece) -> Task:
        part = self._y[piece]
        if self._y.nbytes > CACHE or part.flags.c_contiguous or part.shape[2] >= RUN:
            self._done = True
            return self._task(piece)
        self._late.append(piece)
        return _nothing

    def rest(self) -> list[Stage]:
        late = self._late
        if late and not self._done:
            late = [Piece(*block, slice(None)) for block in affine.blocks(self._y.shape, BLOCK)]
        if not late:
            return []
        return [Stage([self._task(piece) for piece in late], WORK * self._y.size)]

    def _task(self, piece: Piece) -> Task:
        part = self._y[piece]
        tasks = [operation(part, piece) for operation in self._operations]
        return tasks[0] if len(tasks) == 1 else partial(_all, tasks)


def _scale(y: NDArray, scale: NDArray, shift: NDArray) -> None:
    np.multiply(y, scale, out=y)
    np.add(y, shift, out=y)


def _nothing() -> None:
    """For a piece whose turn comes later."""


def _all(tasks: Sequence[Task]) -> None:
    for task in tasks:
        task()


@lru_cache(maxsize=2)
def _zeros(dtype: np.dtype) -> NDArray:
    return np.zeros(ZEROS, dtype)


def _rectifier(slopes: float | NDArray) -> Callable[[NDArray], Task]:
    """max(y, 0) + slopes min(y, 0)"""
    values = np.asarray(slopes)
    if not values.any():
        return _at_least_0
    if values.min() > 0 and values.max() <= 1:  # then the larger one of y and slopes y
        return lambda y: partial(_leak, y, slopes)
    return lambda y: partial(_rectify, y, slopes)


def _at_least_0(y: NDArray) -> Task:
    if y.size > ZEROS:
        return partial(np.clip, y, 0, np.inf, out=y)
    return partial(np.maximum, y, _zeros(y.dtype)[: y.size].reshape(y.shape), out=y)


def _leak(y: NDArray, slopes: float | NDArray) -> None:
    less = np.multiply(y, slopes, out=scratch.buffer("elementwise", y.shape, y.dtype))
    np.maximum(y, less, out=y)


def _rectify(y: NDArray, slopes: float | NDArray) -> None:
    below = np.clip(y, -np.inf, 0, out=scratch.buffer("elementwise", y.shape, y.dtype))
    np.multiply(below, slopes, out=below)
    np.clip(y, 0, np.inf, out=y)
    np.add(y, below, out=y)


def _rectifier_up_to(slope: float, high: float) -> Operation:
    if not slope:
        return _bounds(0, high)
    rectify = _rectifier(slope)
    return lambda y, piece: partial(_all, [rectify(y), partial(np.clip, y, -np.inf, high, out=y)])


def _bounds(low: float, high: float) -> Operation:
    return lambda y, piece: partial(np.clip, y, low, high, out=y)


def _channel_rectifier(slopes: Blob) -> Operation:
    def operation(y: NDArray, piece: Piece) -> Task:
        values = slopes.data
        return _rectifier(values[piece.channels, None] if values.ndim else values)(y)

    return operation
