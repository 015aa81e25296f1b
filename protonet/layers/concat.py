"""Concat: blobs side by side."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ..core.layer import Blobs, Layer, at_least
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import rows
from ._axis import chosen_axis, rows_of


@register
class Concat(Layer):
    """Join blobs along one axis.

    bottom[i] (N, C_i, H, W) -> top[0] (N, sum of C_i, H, W); all axes but the joined one
    are equal.

    concat_param: axis (1), a negative one counts from the end; concat_dim is its old name.
    """

    type = "Concat"
    messages = ("concat_param",)
    bottoms = at_least(1)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis = self.axis = chosen_axis(self, "concat_dim", bottom[0])
        shape = list(bottom[0].shape)
        for i, blob in enumerate(bottom[1:], 1):
            other = blob.shape
            if len(other) != len(shape) or any(
                a != b for k, (a, b) in enumerate(zip(other, shape)) if k != axis
            ):
                raise ShapeError(
                    f"bottom {i} has shape {other}, bottom 0 {bottom[0].shape}",
                    f"only axis {axis} may differ",
                )
            shape[axis] += other[axis]
        top[0].reshape(*shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.copy(bottom, top, range(len(bottom)))

    def copy(self, bottom: Blobs, top: Blobs, which: Container[int]) -> None:
        """Put those bottoms into their places."""
        whole, start = rows_of(top[0].data, top[0], self.axis), 0
        for i, blob in enumerate(bottom):
            width = blob.count_from(self.axis)
            if i in which:
                part = rows_of(blob.data, blob, self.axis)
                rows.copy(part, whole[:, start : start + width])
            start += width

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        whole, start = rows_of(top[0].diff, top[0], self.axis), 0
        for blob, wanted in zip(bottom, propagate_down):
            width = blob.count_from(self.axis)
            if wanted:
                part = rows_of(blob.diff, blob, self.axis)
                rows.copy(whole[:, start : start + width], part)
            start += width
