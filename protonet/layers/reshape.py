"""Reshape: the same values under another shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from ..core.blob import Blob
from ..core.layer import Blobs
from ..core.ranges import Range
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import blocks
from ._view import View


@register
class Reshape(View):
    """Give the values of the bottom a new shape; their order in memory stays.

    bottom[0] (any shape) -> top[0] (new shape of equal count), sharing memory.

    reshape_param: shape the new axes, of which 0 copies the bottom's axis at the same place
    (counted from `axis`) and one -1 is inferred; axis (0) the first axis replaced, a negative
    one counts from one past the end; num_axes (-1: all to the end) how many are replaced.

    Forks (Synopsys, Intel): pixelshuffler r (1), in place of all that: bottom[0]
    (N, r r C, H, W) -> top[0] (N, C, H r, W r), channel (c r + i) r + j becomes the cells
    (h r + i, w r + j) of channel c (sub-pixel convolution; Shi and others 2016).
    """

    type = "Reshape"
    messages = ("reshape_param",)
    ranges: ClassVar = {"num_axes": Range(-1), "pixelshuffler": Range(1)}
    serves = frozenset({"ReshapeParameter.pixelshuffler"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.reshape_param
        self.block = param.pixelshuffler
        self.identity = self.block == 1
        if list(param.shape.dim).count(-1) > 1:
            raise self.fault(
                f"shape {tuple(param.shape.dim)} has more than one -1",
                "only one axis can be inferred",
                "shape",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self.block == 1:
            super().reshape(bottom, top)
            return
        shape, block = bottom[0].shape, self.block
        if len(shape) != 4 or shape[1] % block**2:
            raise ShapeError(
                f"the bottom has shape {shape}",
                f"pixelshuffler needs four axes, and a multiple of {block} x {block} channels",
                field="reshape_param.pixelshuffler",
            )
        top[0].reshape(shape[0], shape[1] // block**2, shape[2] * block, shape[3] * block)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self.block > 1:
            deep, wide = blocks.of_channels(bottom[0].data, top[0].data, self.block, "CRD")
            np.copyto(wide, deep)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.block == 1:
            super().backward(top, propagate_down, bottom)
        elif propagate_down[0]:
            deep, wide = blocks.of_channels(bottom[0].diff, top[0].diff, self.block, "CRD")
            np.copyto(deep, wide)

    def top_shape(self, bottom: Blob) -> tuple[int, ...]:
        param, shape = self.param.reshape_param, bottom.shape
        start = param.axis if param.axis >= 0 else len(shape) + param.axis + 1
        stop = len(shape) if param.num_axes == -1 else start + param.num_axes
        if not 0 <= start <= stop <= len(shape):
            raise ShapeError(
                f"axis {param.axis} with num_axes {param.num_axes} does not fit shape {shape}",
                f"the bottom has {len(shape)} axes",
                field="reshape_param.axis",
            )
        new = list(param.shape.dim)
        for i, n in enumerate(new):
            if n == 0:
                if start + i >= len(shape):
                    raise ShapeError(
                        f"dim 0 copies axis {start + i}, which shape {shape} lacks",
                        "write the size instead",
                        field="reshape_param.shape",
                    )
                new[i] = shape[start + i]
        before, after = shape[:start], shape[stop:]
        if -1 in new:
            known = prod(before) * prod(n for n in new if n != -1) * prod(after)
            if known == 0 or bottom.count % known:
                raise ShapeError(
                    f"-1 cannot be inferred: shape {shape} has {bottom.count} values, "
                    f"the other axes of {tuple(new)} take {known}",
                    "they must divide",
                    field="reshape_param.shape",
                )
            new[new.index(-1)] = bottom.count // known
        return (*before, *new, *after)
