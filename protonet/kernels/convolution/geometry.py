"""What a convolution is like, without its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from ..windows import Sizes, Window

#: Cells of dx over those of dy up to which it pays to gather dx, padding included.
GATHER = 1.35


@dataclass(frozen=True, eq=False)
class Geometry:
    """x (images, group * channels, size...) and w (group * outputs, channels, kernel...) make
    y (images, group * outputs, out...).

    Made once for each shape, and compared by identity: so what is worked out of it, here or by
    a way's cached `plan`, is looked up without comparing shapes.

    lasting: of weights that stay, what is made of them alone costs nothing: see `ready` in way.py.
    """

    images: int
    group: int
    channels: int
    outputs: int
    size: Sizes
    window: Window
    dtype: np.dtype
    lasting: bool = False

    @cached_property
    def out(self) -> Sizes:
        return self.window.out(self.size)

    @cached_property
    def depth(self) -> int:
        """Weights of one output."""
        return self.channels * prod(self.window.kernel)

    @cached_property
    def weights(self) -> int:
        return self.group * self.outputs * self.depth

    @cached_property
    def places(self) -> int:
        """Windows over all images."""
        return self.images * prod(self.out)

    @cached_property
    def work(self) -> int:
        """Multiply-adds."""
        return self.places * self.weights

    @cached_property
    def flat(self) -> Geometry:
        """Of a pointwise window: all places along one axis."""
        point = Window((1,), (1,), (0,), (1,))
        size = (prod(self.size),)
        return Geometry(
            self.images, self.group, self.channels, self.outputs, size, point, self.dtype
        )

    @cached_property
    def transposed(self) -> Geometry | None:
        """The convolution that makes dx of dy and the turned weights: for strides of one, and
        only where it does not see too much padding."""
        window = self.window
        pad = tuple(e - 1 - p for e, p in zip(window.extent, window.pad))
        if any(s != 1 for s in window.stride) or any(p < 0 for p in pad):
            return None
        if prod(self.size) > GATHER * prod(self.out):
            return None
        back = Window(window.kernel, window.stride, pad, window.dilation)
        return Geometry(
            self.images, self.group, self.outputs, self.channels, self.out, back, self.dtype
        )


def residues(cell: int, stride: int, pad: int, size: int, tiles: int) -> tuple[slice, slice]:
    """Along one axis, cut into tiles of a stride each, with its padding: where in the axis a cell
    of the tiles is, and which tiles have it."""
    first = max(0, -(-(pad - cell) // stride))
    start = first * stride + cell - pad
    count = max(0, min(tiles - first, -(-(size - start) // stride)))
    return slice(start, start + count * stride, stride), slice(first, first + count)
