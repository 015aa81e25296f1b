"""Powers, exponentials and logarithms of single values, and their gradients.

Conventions as in `elementwise`: arrays of one shape, `out` may be the input itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .elementwise import chunked, like


def _affine(x: NDArray, scale: float, shift: float, *, out: NDArray) -> NDArray:
    """out = scale * x + shift"""
    if scale != 1:
        x = np.multiply(x, scale, out=out)
    return np.add(x, shift, out=out)


def exp(x: NDArray, rate: float, factor: float, *, out: NDArray) -> NDArray:
    """y = factor * e^(rate x)"""

    def piece(x: NDArray, y: NDArray) -> None:
        np.multiply(x, rate, out=y)
        np.exp(y, out=y)
        if factor != 1:
            y *= factor

    chunked(piece, x, out)
    return out


def exp_backward(y: NDArray, dy: NDArray, rate: float, *, out: NDArray) -> NDArray:
    """dx = dy * rate * y"""

    def piece(y: NDArray, dy: NDArray, dx: NDArray) -> None:
        np.multiply(dy, y, out=dx)
        if rate != 1:
            dx *= rate

    chunked(piece, y, dy, out)
    return out


def log(x: NDArray, scale: float, shift: float, factor: float, *, out: NDArray) -> NDArray:
    """y = factor * log(scale x + shift)"""

    def piece(x: NDArray, y: NDArray) -> None:
        _affine(x, scale, shift, out=y)
        np.log(y, out=y)
        if factor != 1:
            y *= factor

    chunked(piece, x, out)
    return out


def log_backward(
    x: NDArray, dy: NDArray, scale: float, shift: float, factor: float, *, out: NDArray
) -> NDArray:
    """dx = dy * factor * scale / (scale x + shift)"""

    def piece(x: NDArray, dy: NDArray, dx: NDArray) -> None:
        inner = _affine(x, scale, shift, out=like(x))
        np.divide(dy, inner, out=dx)
        dx *= factor * scale

    chunked(piece, x, dy, out)
    return out


def power(x: NDArray, scale: float, shift: float, exponent: float, *, out: NDArray) -> NDArray:
    """y = (scale x + shift)^exponent"""

    def piece(x: NDArray, y: NDArray) -> None:
        _raise(_affine(x, scale, shift, out=y), exponent)

    chunked(piece, x, out)
    return out


def power_backward(
    x: NDArray, dy: NDArray, scale: float, shift: float, exponent: float, *, out: NDArray
) -> NDArray:
    """dx = dy * exponent * scale * (scale x + shift)^(exponent - 1)"""

    def piece(x: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = _affine(x, scale, shift, out=like(x))
        _raise(slopes, exponent - 1)
        slopes *= exponent * scale
        np.multiply(dy, slopes, out=dx)

    chunked(piece, x, dy, out)
    return out


def _raise(base: NDArray, exponent: float) -> None:
    """base **= exponent, with the cheap cases done cheaply."""
    if exponent == 0:
        base.fill(1)
    elif exponent == 2:
        np.square(base, out=base)
    elif exponent == 0.5:
        np.sqrt(base, out=base)
    elif exponent == -1:
        np.reciprocal(base, out=base)
    elif exponent != 1:
        np.power(base, exponent, out=base)
