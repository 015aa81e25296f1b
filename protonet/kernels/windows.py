"""Windows over arrays: how they move, and views of what they see, over any spatial axes."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Sizes = tuple[int, ...]
Index = tuple[Any, ...]


class Window(NamedTuple):
    """How a window moves: one number for each spatial axis."""

    kernel: Sizes
    stride: Sizes
    pad: Sizes
    dilation: Sizes

    @property
    def extent(self) -> Sizes:
        """Cells from the first to the last the window touches."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation))

    def out(self, size: Sizes) -> Sizes:
        """floor((in + 2 pad - extent) / stride) + 1; 0 or less where it does not fit."""
        return tuple(
            (n + 2 * p - e) // s + 1 for n, p, e, s in zip(size, self.pad, self.extent, self.stride)
        )

    def transposed_out(self, size: Sizes) -> Sizes:
        """The size that `out` would make `size` of: stride (in - 1) + extent - 2 pad."""
        return tuple(
            s * (n - 1) + e - 2 * p for n, p, e, s in zip(size, self.pad, self.extent, self.stride)
        )

    @property
    def pointwise(self) -> bool:
        """A kernel of one cell that visits each cell once: no window at all."""
        ones = (1,) * len(self.kernel)
        return self.kernel == ones and self.stride == ones and not any(self.pad)


def windows(x: NDArray, window: Window, out: Sizes, axis: int, kernel_at: int) -> NDArray:
    """A view of x, already padded, in which each output cell has its window.

    The spatial axes of x start at `axis`; in the view they count output cells, and the
    kernel's axes are put in at `kernel_at`.  Nothing is copied: the windows overlap.
    """
    spatial = len(out)
    at = x.strides[axis : axis + spatial]
    shape = list(x.shape[:axis]) + list(out) + list(x.shape[axis + spatial :])
    strides = list(x.strides)
    strides[axis : axis + spatial] = [b * s for b, s in zip(at, window.stride)]
    shape[kernel_at:kernel_at] = window.kernel
    strides[kernel_at:kernel_at] = [b * d for b, d in zip(at, window.dilation)]
    if x.flags.c_contiguous:  # the same as below, in a fifth of the time
        return np.ndarray(shape, x.dtype, x, 0, strides)
    return as_strided(x, shape, strides)


def scatter_add(padded: NDArray, cols: NDArray, window: Window, out: Sizes) -> None:
    """Add cols (N, C, kernel..., out...) to the cells they were taken from."""
    for offset in product(*map(range, window.kernel)):
        where: Index = (..., *strided(offset, window, out))
        source: Index = (slice(None), slice(None), *offset)
        cells = padded[where]
        np.add(cells, cols[source], out=cells)


def strided(offset: Sizes, window: Window, out: Sizes) -> list[slice]:
    """The cells of the padded input that the kernel's cell `offset` meets."""
    return [
        slice(o * d, o * d + s * (n - 1) + 1, s)
        for o, d, s, n in zip(offset, window.dilation, window.stride, out)
    ]
