"""What is done to values while they are hot: rectifiers, bounds, and a sum with another blob.

An operation gets a piece of y (images, channels, positions), to be changed in place, and where
it lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Layer
from ...kernels import affine, elementwise, scratch
from ...kernels.convolution import Piece
from ...layers.channel.relu6 import ReLU6
from ...layers.clip import Clip
from ...layers.eltwise import Eltwise
from ...layers.prelu import PReLU
from ...layers.relu import ReLU
from ..step import Step

Operation = Callable[[NDArray, Piece], object]

#: Bytes of a result that stay in a cache.
CACHE = 1 << 23


def activation(layer: Layer) -> Operation | None:
    """The operation of a layer that looks at one value alone; None if it is no such layer."""
    if type(layer) is ReLU:
        bounded = layer.high < math.inf
        return _rectifier_up_to(layer.slope, layer.high) if bounded else _rectifier(layer.slope)
    if type(layer) is Clip:
        return _bounds(*layer.bounds)
    if type(layer) is ReLU6:
        return _rectifier_up_to(layer.slope, layer.high)
    if type(layer) is PReLU:
        return _channel_rectifier(layer.blobs[0])
    return None


def is_sum(step: Step) -> bool:
    """Is it the plain sum of its bottoms?"""
    return type(step.layer) is Eltwise and step.layer.plain_sum


def add(blob: Blob) -> Operation:
    """y += the values of a blob of y's shape."""

    def operation(y: NDArray, piece: Piece) -> None:
        data = blob.data
        np.add(y, data.reshape(*data.shape[:2], -1)[piece], out=y)

    return operation


class Finish:
    """All operations for y (N, C, positions): for each piece that is written, as soon as it is, or
    for all of it by `rest`.

    Of a piece that does not lie together NumPy goes through buffers, which takes longer than to
    come back to a y that is still in the cache.
    """

    def __init__(self, operations: Sequence[Operation], y: NDArray) -> None:
        self._operations, self._y = operations, y
        self._late: list[Piece] = []
        self._done = False

    def __call__(self, piece: Piece) -> None:
        if self._y.nbytes > CACHE or self._y[piece].flags.c_contiguous:
            self._done = True
            self._run(piece)
        else:
            self._late.append(piece)

    def rest(self) -> None:
        """After all pieces."""
        if self._done:
            for piece in self._late:
                self._run(piece)
        elif self._late:
            affine.for_blocks(self._y.shape, lambda o, d: self._run(Piece(o, d, slice(None))))

    def _run(self, piece: Piece) -> None:
        part = self._y[piece]
        for operation in self._operations:
            operation(part, piece)


def _rectify(y: NDArray, slopes: float | NDArray) -> None:
    below = elementwise.at_most(y, 0, out=scratch.buffer("elementwise", y.shape, y.dtype))
    np.multiply(below, slopes, out=below)
    elementwise.at_least(y, 0, out=y)
    np.add(y, below, out=y)


def _rectifier(slope: float) -> Operation:
    if slope:
        return lambda y, piece: _rectify(y, slope)
    return lambda y, piece: elementwise.at_least(y, 0, out=y)


def _rectifier_up_to(slope: float, high: float) -> Operation:
    rectify = _rectifier(slope)

    def operation(y: NDArray, piece: Piece) -> None:
        rectify(y, piece)
        elementwise.at_most(y, high, out=y)

    return operation


def _bounds(low: float, high: float) -> Operation:
    def operation(y: NDArray, piece: Piece) -> None:
        elementwise.at_most(elementwise.at_least(y, low, out=y), high, out=y)

    return operation


def _channel_rectifier(slopes: Blob) -> Operation:
    def operation(y: NDArray, piece: Piece) -> None:
        values = slopes.data
        _rectify(y, values[piece.channels, None] if values.ndim else values)

    return operation
