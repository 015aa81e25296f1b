"""Pooling of volumes: maximum and average over windows in three axes.

As in pool.py a chunk of volumes is copied into a frame that all windows cover together, and the
loops run over the cells of a window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import scratch
from .pool import for_planes

Triple = tuple[int, int, int]


class Pool(NamedTuple):
    """Kernel, stride, pad and the size of the output, along L, H, W."""

    kernel: Triple
    stride: Triple
    pad: Triple
    out: Triple

    @property
    def frame(self) -> Triple:
        """The size that all windows cover together."""
        d, h, w = ((n - 1) * s + k for n, s, k in zip(self.out, self.stride, self.kernel))
        return d, h, w

    def places(self) -> Iterator[tuple[slice, ...]]:
        """Where in the frame each cell of the windows lies."""
        for place in product(*map(range, self.kernel)):
            ends = zip(place, self.stride, self.out)
            yield (slice(None), *(slice(i, i + s * (n - 1) + 1, s) for i, s, n in ends))

    def divisor(self, size: Triple, dtype: np.dtype) -> NDArray:
        """Cells of each window in the volume or its padding, (OL, OH, OW); at least 1."""
        counts = []
        for n, k, s, p, out in zip(size, self.kernel, self.stride, self.pad, self.out):
            start = np.arange(out) * s - p
            counts.append(np.maximum(np.minimum(start + k, n + p) - start, 1))
        d, h, w = counts
        return (d[:, None, None] * h[:, None] * w).astype(dtype)


def out_size(size: Triple, kernel: Triple, stride: Triple, pad: Triple) -> Triple:
    """Windows along each axis: ceil((n + 2 pad - kernel) / stride) + 1."""
    d, h, w = (-(-(n + 2 * p - k) // s) + 1 for n, k, s, p in zip(size, kernel, stride, pad))
    return d, h, w


def _framed(x: NDArray, pool: Pool, fill: float) -> NDArray:
    """x (volumes, L, H, W) in a frame, what is beyond it left out."""
    frame = scratch.buffer("frame", (len(x), *pool.frame), x.dtype)
    frame.fill(fill)
    cells = frame[_inside(pool, x.shape[1:])]
    np.copyto(cells, x[(slice(None), *(slice(n) for n in cells.shape[1:]))])
    return frame


def _inside(pool: Pool, size: tuple[int, ...]) -> tuple[slice, ...]:
    return (slice(None), *(slice(p, p + n) for p, n in zip(pool.pad, size)))


def _unframe(frame: NDArray, dx: NDArray, pool: Pool) -> None:
    """Write dx: what lies inside the volume; 0 where no window reaches."""
    cells = frame[_inside(pool, dx.shape[1:])]
    if cells.shape != dx.shape:
        dx.fill(0)
    np.copyto(dx[(slice(None), *(slice(n) for n in cells.shape[1:]))], cells)


def _over_windows(combine: Callable[..., object], frame: NDArray, y: NDArray, pool: Pool) -> None:
    """y = all cells of each window combined, one axis after the other."""
    part = frame
    for axis in range(3):
        k, s, n = pool.kernel[axis], pool.stride[axis], pool.out[axis]
        shape = (*part.shape[: axis + 1], n, *part.shape[axis + 2 :])
        out = y if axis == 2 else scratch.buffer(f"volumes.{axis}", shape, y.dtype)
        ahead = (slice(None),) * (axis + 1)
        np.copyto(out, part[(*ahead, slice(0, s * (n - 1) + 1, s))])
        for i in range(1, k):
            combine(out, part[(*ahead, slice(i, i + s * (n - 1) + 1, s))], out=out)
        part = out


def max_forward(x: NDArray, y: NDArray, pool: Pool) -> None:
    """y: the largest value of each window.  x (volumes, L, H, W), y (volumes, OL, OH, OW)."""
    lowest = float(np.finfo(x.dtype).min)

    def chunk(start: int, stop: int) -> None:
        _over_windows(np.maximum, _framed(x[start:stop], pool, lowest), y[start:stop], pool)

    for_planes(len(x), x[0].size if len(x) else 0, chunk)


def max_backward(x: NDArray, y: NDArray, dy: NDArray, dx: NDArray, pool: Pool) -> None:
    """Write dx: each dy to every cell of its window that equals y."""

    def chunk(start: int, stop: int) -> None:
        part, top, diff = x[start:stop], y[start:stop], dy[start:stop]
        frame = _framed(part, pool, np.inf)
        back = scratch.buffer("volumes.0", frame.shape, dx.dtype)
        back.fill(0)
        share = scratch.buffer("volumes.1", top.shape, dx.dtype)
        equal = scratch.buffer("larger", top.shape, np.bool_)
        for place in pool.places():
            np.equal(frame[place], top, out=equal)
            np.copyto(share, equal)
            share *= diff
            cells = back[place]
            np.add(cells, share, out=cells)
        _unframe(back, dx[start:stop], pool)

    for_planes(len(x), x[0].size if len(x) else 0, chunk)


def ave_forward(x: NDArray, y: NDArray, pool: Pool) -> None:
    """y: the mean of each window, padding counted as zeros."""
    divisor = pool.divisor(_size(x), x.dtype)

    def chunk(start: int, stop: int) -> None:
        _over_windows(np.add, _framed(x[start:stop], pool, 0), y[start:stop], pool)
        np.divide(y[start:stop], divisor, out=y[start:stop])

    for_planes(len(x), x[0].size if len(x) else 0, chunk)


def ave_backward(dy: NDArray, dx: NDArray, pool: Pool) -> None:
    """Write dx: each dy in equal parts to the cells of its window."""
    divisor = pool.divisor(_size(dx), dx.dtype)

    def chunk(start: int, stop: int) -> None:
        back = scratch.buffer("frame", (stop - start, *pool.frame), dx.dtype)
        back.fill(0)
        share = scratch.buffer("volumes.1", dy[start:stop].shape, dx.dtype)
        np.divide(dy[start:stop], divisor, out=share)
        for place in pool.places():
            cells = back[place]
            np.add(cells, share, out=cells)
        _unframe(back, dx[start:stop], pool)

    for_planes(len(dx), dx[0].size if len(dx) else 0, chunk)


def _size(x: NDArray) -> Triple:
    _, length, height, width = x.shape
    return length, height, width
