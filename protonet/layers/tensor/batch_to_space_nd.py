"""BatchToSpaceND: items become blocks of cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import blocks
from .space_to_batch_nd import check_axes, margins


@register
class BatchToSpaceND(Layer):
    """Put items together to blocks of cells: SpaceToBatchND the other way round.

    bottom[0] (b_1 b_2 ... N, n_1, n_2, ...) -> top[0] (N, n_1 b_1 - p_1 - q_1, ...): item
    (i_1 b_2 + i_2) N + n holds the cells k_1 b_1 + i_1, k_2 b_2 + i_2, ... of item n; then p_k
    cells are cut off before and q_k behind.  Axes beyond those with a block stay.

    Gradient: the same values back in their places, 0 for what was cut off.

    batch_to_space_nd_param: block_shape b_1, b_2, ... for the axes 1, 2, ...; crops p_1, q_1, p_2,
    q_2, ... (0).

    Synopsys' fork, as TensorFlow.  It has no gradient.
    """

    type = "BatchToSpaceND"
    forks = ("synopsys",)
    messages = ("batch_to_space_nd_param",)
    ranges: ClassVar = {"block_shape": Range(1, required=True)}
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.batch_to_space_nd_param
        self.blocks = list(param.block_shape)
        self.margins = margins(self, param.crops, "crops")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, count = list(bottom[0].shape), int(np.prod(self.blocks))
        check_axes(shape, self.blocks)
        if shape[0] % count:
            raise ShapeError(
                f"the bottom has {shape[0]} items",
                f"they must be a multiple of {count}, the blocks",
            )
        shape[0] //= count
        inside = [slice(None)]
        for axis, (block, (before, after)) in enumerate(zip(self.blocks, self.margins), 1):
            shape[axis] *= block
            inside.append(slice(before, shape[axis] - after))
        self.wide, self.inside = tuple(shape), tuple(inside)
        for axis, (before, after) in enumerate(self.margins, 1):
            shape[axis] -= before + after
            if shape[axis] < 1:
                what = f"axis {axis} is {self.wide[axis]} long, {before} and {after} are cut off"
                raise ShapeError(what, "cut off less", field="batch_to_space_nd_param.crops")
        top[0].reshape(*shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        wide = self.scratch("wide", self.wide)
        many, view = blocks.of_items(bottom[0].data, wide, self.blocks)
        np.copyto(view, many)
        np.copyto(top[0].data, wide[self.inside])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            wide = self.scratch("wide", self.wide)
            wide.fill(0)
            np.copyto(wide[self.inside], top[0].diff)
            many, view = blocks.of_items(bottom[0].diff, wide, self.blocks)
            np.copyto(many, view)
