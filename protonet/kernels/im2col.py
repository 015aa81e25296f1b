"""Columns of a whole batch, and the way back: what the Im2col layer does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .windows import Index, Window, scatter_add, windows


def im2col(x: NDArray, window: Window, cols: NDArray) -> None:
    """x (N, C, spatial...) -> cols (N, C, kernel..., out...)."""
    out = cols.shape[2 + len(window.kernel) :]

    def image(n: int) -> None:
        source = x[n : n + 1]
        if any(window.pad):
            source = _frame(x, window)
            source[_inside(x, window)] = x[n]
        np.copyto(cols[n : n + 1], windows(source, window, out, 2, 2))

    threads.run(image, len(x))


def col2im(cols: NDArray, window: Window, x: NDArray) -> None:
    """cols (N, C, kernel..., out...) -> x (N, C, spatial...): adds up what overlaps."""
    out = cols.shape[2 + len(window.kernel) :]

    def image(n: int) -> None:
        frame = _frame(x, window)
        scatter_add(frame, cols[n : n + 1], window, out)
        np.copyto(x[n], frame[0][_inside(x, window)])

    threads.run(image, len(x))


def _frame(x: NDArray, window: Window) -> NDArray:
    """Zeros, of the size of one image with its padding."""
    size = (n + 2 * p for n, p in zip(x.shape[2:], window.pad))
    frame = scratch.buffer("input", (1, x.shape[1], *size), x.dtype)
    frame.fill(0)
    return frame


def _inside(x: NDArray, window: Window) -> Index:
    """Where in the frame the image is."""
    return (..., *(slice(p, p + n) for n, p in zip(x.shape[2:], window.pad)))
