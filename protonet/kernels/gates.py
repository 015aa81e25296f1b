"""Activations that let a value through a gate of its own: y = x g(x)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .elementwise import chunked, like, marks
from .scratch import buffer


def hard_swish(x: NDArray, *, out: NDArray) -> None:
    """out = x min(max(x + 3, 0), 6) / 6; out is not x."""

    def piece(x: NDArray, y: NDArray) -> None:
        np.clip(x, -3, 3, out=y)
        y += 3
        y *= x
        y /= 6

    chunked(piece, x, out)


def hard_swish_backward(x: NDArray, dy: NDArray, *, out: NDArray) -> None:
    """out = dy * (0 up to -3, 1 from 3 on, (2 x + 3) / 6 between); out may be dy, not x."""

    def piece(x: NDArray, dy: NDArray, dx: NDArray) -> None:
        slope, part, marked = like(x), buffer("slope", x.shape, x.dtype), marks(x)
        np.multiply(x, 1 / 3, out=slope)
        slope += 0.5
        for compare, bound in ((np.greater, -3), (np.less, 3)):
            np.copyto(part, compare(x, bound, out=marked))
            slope *= part
        np.copyto(part, np.greater_equal(x, 3, out=marked))
        slope += part
        np.multiply(dy, slope, out=dx)

    chunked(piece, x, dy, out)


def mish(x: NDArray, *, out: NDArray) -> None:
    """out = x tanh(log(1 + exp(x))); out is not x."""

    def piece(x: NDArray, y: NDArray) -> None:
        np.multiply(x, _mish_gate(x), out=y)

    chunked(piece, x, out)


def mish_backward(x: NDArray, dy: NDArray, *, out: NDArray) -> None:
    """out = dy * (g + x (1 - g^2) / (1 + exp(-x))), g = tanh(log(1 + exp(x))); out may be dy,
    not x."""

    def piece(x: NDArray, dy: NDArray, dx: NDArray) -> None:
        gate, slope = _mish_gate(x), buffer("slope", x.shape, x.dtype)
        np.multiply(x, 0.5, out=slope)
        np.tanh(slope, out=slope)
        slope += 1
        slope *= 0.5  # the logistic of x, which cannot overflow like this
        slope *= x
        part = np.multiply(gate, gate, out=buffer("square", x.shape, x.dtype))
        np.subtract(1, part, out=part)
        slope *= part
        slope += gate
        np.multiply(dy, slope, out=dx)

    chunked(piece, x, dy, out)


def _mish_gate(x: NDArray) -> NDArray:
    gate = like(x)
    np.logaddexp(x, x.dtype.type(0), out=gate)
    return np.tanh(gate, out=gate)
