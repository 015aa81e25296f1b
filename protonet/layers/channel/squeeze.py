"""Squeeze: takes axes of length 1 out of the shape."""

from __future__ import annotations

from ...core.blob import Blob
from ...core.registry import register
from ...errors import ShapeError
from .._view import View


@register
class Squeeze(View):
    """The same values without axes of length 1.

    bottom[0] (any shape) -> top[0] (the shape without them), sharing memory.

    squeeze_param: axis (repeated): which ones, negative ones count from the end; none: all.

    Synopsys' fork of Caffe, for nets that come from TensorFlow.  There are no numbers of the
    fork to hold it against; the values do not change.
    """

    type = "Squeeze"
    forks = ("synopsys",)
    messages = ("squeeze_param",)

    def top_shape(self, bottom: Blob) -> tuple[int, ...]:
        shape, axes = bottom.shape, {bottom.axis(a) for a in self.param.squeeze_param.axis}
        for axis in sorted(axes):
            if shape[axis] != 1:
                raise ShapeError(
                    f"axis {axis} of shape {shape} is {shape[axis]} long",
                    "only axes of length 1 can be taken out",
                    field="squeeze_param.axis",
                )
        gone = axes or {i for i, n in enumerate(shape) if n == 1}
        return tuple(n for i, n in enumerate(shape) if i not in gone)
