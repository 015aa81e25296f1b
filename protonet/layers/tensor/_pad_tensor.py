"""PadTensor of module pad: zeros around maps, as nets converted from TensorFlow name it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.layer import Blobs
from ...errors import ShapeError
from .._stand_in import StandIn
from ..python import built_in


@built_in("pad")
class PadTensor(StandIn):
    """bottom[0] (N, C, H, W) -> top[0] (N, C, pad_t + H + pad_b, pad_l + W + pad_r), zeros around.

    Gradient: dx = dy where the bottom lies; the module's own fits no shape but its bottom's.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self.top, self.bottom, self.left, self.right = (
            self._margin(f"pad_{side}") for side in "tblr"
        )
        mode = self.given.get("pad_mode")
        if mode != "constant":
            raise self.layer.fault(
                f"param_str: pad_mode is {mode!r}", "only 'constant' is built in", "param_str"
            )

    def _margin(self, key: str) -> int:
        value = self.given.get(key)
        if type(value) is not int or value < 0:
            what = f"{key} is missing" if value is None else f"{key} is {value!r}"
            raise self.layer.fault(
                f"param_str: {what}", f"write '{key}': 1, 0 or more", "param_str"
            )
        return value

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4:
            raise ShapeError(f"{shape} does not have the four axes N, C, H, W")
        n, c, h, w = shape
        self.inside = np.s_[:, :, self.top : self.top + h, self.left : self.left + w]
        top[0].reshape(n, c, self.top + h + self.bottom, self.left + w + self.right)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data.fill(0)
        np.copyto(top[0].data[self.inside], bottom[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff[self.inside])
