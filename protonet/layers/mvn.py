"""MVN: mean-variance normalisation of each image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import norm


@register
class MVN(Layer):
    """Give each channel of each image zero mean and unit variance.

    bottom[0] (N, C, H, W) -> top[0] (N, C, H, W), y = (x - mean) / (std + eps); a bottom with
    fewer axes gets ones at the end.

    mvn_param: normalize_variance (true); across_channels (false): one mean and deviation for
    the whole image; eps (1e-9), added to the deviation, not to the variance.

    Quirk kept: the gradient is that of an eps of 0, divided by std + eps.
    """

    type = "MVN"
    messages = ("mvn_param",)
    in_place = True
    backward_reads = frozenset({"top"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.mvn_param
        if param.normalize_variance and param.eps > 1e-6:
            self.no_derivative = "the gradient is that of an eps of 0, as in Caffe"

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) > 4:
            raise ShapeError(f"the bottom has shape {shape}", "at most four axes are allowed")
        shape += (1,) * (4 - len(shape))
        images = shape[0] if self.param.mvn_param.across_channels else shape[0] * shape[1]
        self._rows = (images, bottom[0].count // max(1, images))
        top[0].reshape(*shape)

    def _divisor(self) -> np.ndarray | None:
        """Standard deviation plus eps of each row, from forward to backward."""
        if not self.param.mvn_param.normalize_variance:
            return None
        return self.scratch("divisor", self._rows[:1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        norm.standardise_rows(
            bottom[0].data.reshape(self._rows),
            top[0].data.reshape(self._rows),
            self._divisor(),
            self.param.mvn_param.eps,
        )

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            norm.standardise_rows_backward(
                top[0].diff.reshape(self._rows),
                top[0].data.reshape(self._rows),
                self._divisor(),
                bottom[0].diff.reshape(self._rows),
            )
