"""Crop: the part of a blob that has the size of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer, exactly
from ..core.registry import register
from ..errors import ShapeError


@register
class Crop(Layer):
    """Cut a window of the size of bottom[1] out of bottom[0].

    bottom[0] (N, C, H, W), bottom[1] (.., .., h, w) -> top[0] (N, C, h, w); of bottom[1] only
    the shape from `axis` on matters.

    crop_param: axis (2) the first axis cropped; offset where the window begins: none (0), one
    for all cropped axes, or one for each.
    """

    type = "Crop"
    messages = ("crop_param",)
    bottoms = exactly(2)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, shape, wanted = self.param.crop_param, bottom[0].shape, bottom[1].shape
        axis, offsets = bottom[0].axis(param.axis), list(param.offset)
        cropped = len(shape) - axis
        if len(offsets) > 1 and len(offsets) != cropped:
            raise self.fault(
                f"{len(offsets)} offsets for {cropped} cropped axes",
                "give one for all or one for each",
                "offset",
            )
        if len(wanted) < len(shape):
            raise ShapeError(
                f"bottom 0 has shape {shape}, bottom 1 only {wanted}",
                "the size is taken from the same axes of bottom 1",
            )
        if len(offsets) < 2:
            offsets = (offsets or [0]) * cropped
        window = [slice(None)] * axis
        for i, start in enumerate(offsets, axis):
            if start + wanted[i] > shape[i]:
                raise ShapeError(
                    f"axis {i}: a window of {wanted[i]} from {start} on leaves the {shape[i]} "
                    "there are",
                    "use a smaller offset or a larger blob",
                    field="crop_param",
                )
            window.append(slice(start, start + wanted[i]))
        self._window = tuple(window)
        top[0].reshape(*shape[:axis], *wanted[axis : len(shape)])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data[self._window])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)
            np.copyto(bottom[0].diff[self._window], top[0].diff)
        if propagate_down[1]:
            bottom[1].diff.fill(0)
