"""What is done to values while they are hot: rectifiers, bounds, and a sum with another blob.

An operation gets a piece of y (images, channels, positions), to be changed in place, and where
it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Layer
from ...kernels import scratch
from ...kernels.convolution import Epilogue, Piece
from ...layers.channel.relu6 import ReLU6
from ...layers.clip import Clip
from ...layers.eltwise import Eltwise
from ...layers.prelu import PReLU
from ...layers.relu import ReLU
from ..step import Step

Operation = Callable[[NDArray, Piece], object]


def activation(layer: Layer) -> Operation | None:
    """The operation of a layer that looks at one value alone; None if it is no such layer."""
    if type(layer) is ReLU:
        return _rectifier(layer.slope)
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


def epilogue(operations: Sequence[Operation], y: NDArray) -> Epilogue | None:
    """All operations, for pieces of y (N, C, positions)."""
    if not operations:
        return None

    def run(piece: Piece) -> None:
        part = y[piece]
        for operation in operations:
            operation(part, piece)

    return run


def _rectify(y: NDArray, slopes: float | NDArray) -> None:
    below = np.minimum(y, 0, out=scratch.buffer("elementwise", y.shape, y.dtype))
    np.multiply(below, slopes, out=below)
    np.maximum(y, 0, out=y)
    np.add(y, below, out=y)


def _rectifier(slope: float) -> Operation:
    if slope:
        return lambda y, piece: _rectify(y, slope)
    return lambda y, piece: np.maximum(y, 0, out=y)


def _rectifier_up_to(slope: float, high: float) -> Operation:
    rectify = _rectifier(slope)

    def operation(y: NDArray, piece: Piece) -> None:
        rectify(y, piece)
        np.minimum(y, high, out=y)

    return operation


def _bounds(low: float, high: float) -> Operation:
    return lambda y, piece: np.minimum(np.maximum(y, low, out=y), high, out=y)


def _channel_rectifier(slopes: Blob) -> Operation:
    def operation(y: NDArray, piece: Piece) -> None:
        values = slopes.data
        _rectify(y, values[piece.channels, None] if values.ndim else values)

    return operation
