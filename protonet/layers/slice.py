"""Slice: a blob cut into several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..core.layer import Blobs, Layer, at_least
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import rows
from ._axis import chosen_axis, rows_of


@register
class Slice(Layer):
    """Cut a blob along one axis: the reverse of Concat.

    bottom[0] (N, C, H, W) -> top[i] (N, C_i, H, W), the C_i adding up to C.

    slice_param: axis (1), a negative one counts from the end; slice_dim is its old name;
    slice_point, the indices at which a new top begins, one fewer than tops; without any the
    tops are equal.
    """

    type = "Slice"
    messages = ("slice_param",)
    tops = at_least(1)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.slice_param
        axis = self._axis = chosen_axis(self, "slice_dim", bottom[0])
        shape = bottom[0].shape
        bounds = self._bounds(list(param.slice_point), shape[axis], len(top))
        for blob, start, stop in zip(top, bounds, bounds[1:]):
            blob.reshape(*shape[:axis], stop - start, *shape[axis + 1 :])

    def _bounds(self, points: list[int], size: int, tops: int) -> list[int]:
        """0, the points, size; the points must rise."""
        if not points:
            if size % tops:
                raise ShapeError(
                    f"{size} cannot be cut into {tops} equal tops",
                    "give slice_point",
                    field="slice_param",
                )
            return list(range(0, size + 1, size // tops)) if size else [0] * (tops + 1)
        if len(points) != tops - 1:
            raise self.fault(
                f"{len(points)} slice points for {tops} tops",
                "give one fewer than tops",
                "slice_point",
            )
        bounds = [0, *points, size]
        if any(start >= stop for start, stop in pairwise(bounds)):
            raise ShapeError(
                f"slice points {points} do not rise from 0 to {size}",
                "each top needs at least one index",
                field="slice_param.slice_point",
            )
        return bounds

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        whole, start = rows_of(bottom[0].data, bottom[0], self._axis), 0
        for blob in top:
            part = rows_of(blob.data, blob, self._axis)
            rows.copy(whole[:, start : start + part.shape[1]], part)
            start += part.shape[1]

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        whole, start = rows_of(bottom[0].diff, bottom[0], self._axis), 0
        for blob in top:
            part = rows_of(blob.diff, blob, self._axis)
            rows.copy(part, whole[:, start : start + part.shape[1]])
            start += part.shape[1]
