"""Upsample of SegNet: the way back from a maximum pooling."""

from __future__ import annotations

from typing import ClassVar

from google.protobuf.message import Message

from ...core.layer import Blobs, exactly
from ...core.ranges import Range
from ...core.registry import register
from ._unpool import UnpoolLayer


@register
class Upsample(UnpoolLayer):
    """Put each value where the maximum was that a pooling took (SegNet, ENet).

    bottom[0] (N, C, H, W), bottom[1] (the same) the second top of a Pooling -> top[0]
    (N, C, OH, OW): 0, but x at the place h OW + w that bottom[1] names.  Of several values for
    one place the last is taken.

    Gradient: dx is the top's at that place; none for the mask.

    upsample_param: upsample_h and upsample_w, the size of the top; or scale (2), or scale_h and
    scale_w, OH = H scale_h, one less with pad_out_h (false), W likewise with pad_out_w.
    """

    type = "Upsample"
    forks = ("segnet", "enet")
    variant = True
    messages = ("upsample_param",)
    bottoms = exactly(2)
    ranges: ClassVar = dict.fromkeys(
        ("scale", "scale_h", "scale_w", "upsample_h", "upsample_w"), Range(1)
    )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.upsample_param
        height, width = self.size_of(bottom)
        if self._both("upsample_h", "upsample_w"):
            out = (param.upsample_h, param.upsample_w)
        else:
            scale = param.scale if param.HasField("scale") else 2
            both = self._both("scale_h", "scale_w")
            rows, columns = (param.scale_h, param.scale_w) if both else (scale, scale)
            out = (height * rows - param.pad_out_h, width * columns - param.pad_out_w)
        self.shape_top(bottom, top, out)

    def _both(self, first: str, second: str) -> bool:
        param: Message = self.param.upsample_param
        given = [field for field in (first, second) if param.HasField(field)]
        if len(given) == 1:
            missing = second if given[0] == first else first
            raise self.fault(f"{given[0]} is given without {missing}", "give both", given[0])
        return bool(given)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.put(bottom, top)
