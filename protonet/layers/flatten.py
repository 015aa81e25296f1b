"""Flatten: several axes become one."""

from __future__ import annotations

from ..core.blob import Blob
from ..core.registry import register
from ..errors import ShapeError
from ._view import View


@register
class Flatten(View):
    """Merge the axes `axis` to `end_axis` into one.

    bottom[0] (N, C, H, W) -> top[0] (N, C * H * W), sharing memory.

    flatten_param: axis (1) the first, end_axis (-1) the last axis to merge, inclusive;
    negative ones count from the end.
    """

    type = "Flatten"
    messages = ("flatten_param",)

    def top_shape(self, bottom: Blob) -> tuple[int, ...]:
        param = self.param.flatten_param
        first, last = bottom.axis(param.axis), bottom.axis(param.end_axis)
        if last + 1 < first:
            raise ShapeError(
                f"end_axis {param.end_axis} lies before axis {param.axis} in shape {bottom.shape}",
                "name the first axis, then the last",
                field="flatten_param.end_axis",
            )
        shape = bottom.shape
        return (*shape[:first], bottom.count_from(first, last + 1), *shape[last + 1 :])
