"""SpaceToBatchND: blocks of cells become items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import blocks


@register
class SpaceToBatchND(Layer):
    """Deal the cells of blocks out to items of their own, so that a convolution sees every b-th.

    bottom[0] (N, n_1, n_2, ...) -> top[0] (b_1 b_2 ... N, m_1 / b_1, m_2 / b_2, ...),
    m_k = p_k + n_k + q_k: p_k zeros before and q_k behind.  Cell k of block cell (i_1, i_2, ...)
    goes to item (i_1 b_2 + i_2) N + n.  Axes beyond those with a block stay.

    Gradient: the values of the bottom's cells back in their places.

    space_to_batch_nd_param: block_shape b_1, b_2, ... for the axes 1, 2, ...; paddings p_1, q_1,
    p_2, q_2, ... (0).

    Synopsys' fork, as TensorFlow.  It has no gradient.
    """

    type = "SpaceToBatchND"
    forks = ("synopsys",)
    messages = ("space_to_batch_nd_param",)
    ranges: ClassVar = {"block_shape": Range(1, required=True)}
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.space_to_batch_nd_param
        self.blocks = list(param.block_shape)
        self.margins = margins(self, param.paddings, "paddings")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = list(bottom[0].shape)
        check_axes(shape, self.blocks)
        many = [shape[0] * int(np.prod(self.blocks)), *shape[1:]]
        inside = [slice(None)]
        for axis, (block, (before, after)) in enumerate(zip(self.blocks, self.margins), 1):
            inside.append(slice(before, before + shape[axis]))
            shape[axis] += before + after
            if shape[axis] % block:
                raise ShapeError(
                    f"axis {axis} is {shape[axis]} long with its paddings",
                    f"it must be a multiple of its block, {block}",
                    field="space_to_batch_nd_param.paddings",
                )
            many[axis] = shape[axis] // block
        self.wide, self.inside = tuple(shape), tuple(inside)
        top[0].reshape(*many)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        wide = self.scratch("wide", self.wide)
        wide.fill(0)
        np.copyto(wide[self.inside], bottom[0].data)
        many, view = blocks.of_items(top[0].data, wide, self.blocks)
        np.copyto(many, view)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            wide = self.scratch("wide", self.wide)
            many, view = blocks.of_items(top[0].diff, wide, self.blocks)
            np.copyto(view, many)
            np.copyto(bottom[0].diff, wide[self.inside])


def margins(layer: Any, given: Sequence[int], field: str) -> list[tuple[int, int]]:
    """What is added or cut before and behind each axis with a block."""
    if given and len(given) != 2 * len(layer.blocks):
        raise layer.fault(
            f"{len(given)} {field} for {len(layer.blocks)} blocks", "give two for each", field
        )
    return [*zip(given[::2], given[1::2])] if given else [(0, 0)] * len(layer.blocks)


def check_axes(shape: Sequence[int], sizes: Sequence[int]) -> None:
    if len(shape) <= len(sizes):
        raise ShapeError(
            f"the bottom has shape {tuple(shape)}",
            f"{len(sizes)} blocks need as many axes and items",
        )
