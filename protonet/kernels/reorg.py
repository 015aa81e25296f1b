"""Darknet's order of the values of a map that gets smaller and deeper, or larger again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import ShapeError


def move(source: NDArray, out: NDArray, shape: tuple[int, ...], stride: int, spread: bool) -> None:
    """Write the values of `source` into `out` in another order; the shapes of both do not count.

    What is at (c, h, w) of an image of (C, H, W) in the one is at

        (c % t, h s + (c // t) // s, w s + (c // t) % s)     s = stride, t = C / s^2

    of (t, H s, W s) in the other; spread: `out` is the other, else `source` is.  shape: N, C, H, W.
    """
    n, c, h, w = shape
    t = c // stride**2
    channels, large = (source, out) if spread else (out, source)
    cells = channels.reshape(n, stride, stride, t, h, w)
    seen = large.reshape(n, t, h, stride, w, stride).transpose(0, 3, 5, 1, 2, 4)
    np.copyto(seen if spread else cells, cells if spread else seen)


def reorganised_shape(
    shape: tuple[int, ...], stride: int, reverse: bool = False
) -> tuple[int, int, int, int]:
    """N, C, H, W of a bottom -> those of the top.  ShapeError if it cannot be divided."""
    s = stride
    if len(shape) != 4:
        raise ShapeError(f"{shape} does not have the four axes N, C, H, W")
    n, c, h, w = shape
    if c % s**2:
        raise ShapeError(f"{c} channels are not divisible by the square of stride {s}")
    if reverse:
        return n, c // s**2, h * s, w * s
    if h % s or w % s:
        raise ShapeError(f"a map of {h} x {w} is not divisible by stride {s}")
    return n, c * s**2, h // s, w // s
