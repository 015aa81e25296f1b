"""ScaleRoute: hands on the regions of a range of sizes."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer, at_least, same_as_bottoms
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ._regions import region_rows


@register
class ScaleRoute(Layer):
    """Pick the regions whose scale lies in a range, and the same rows of all other bottoms.

    bottom[0] regions (R, 5): image, x1, y1, x2, y2, other bottoms (R, ...) -> a top for each
    bottom, its first axis as long as there are rows picked.

    The scale is sqrt((x2 - x1 + 1)(y2 - y1 + 1)), 0 for a box that ends before it begins; it
    must be low_scale or more and below high_scale.  If none is, the one row nearest to
    sqrt(low_scale * high_scale), on a scale of logarithms, is taken; to the one that is given;
    to 256 if none is.  When the net is built all rows are.  No gradient.

    scale_route_param: low_scale (0), high_scale (without bound).

    From Cascade R-CNN (Cai, Vasconcelos 2018), for feature pyramids.  Held against the
    formula above, not against numbers of the fork.
    """

    type = "ScaleRoute"
    forks = ("cascade-rcnn",)
    messages = ("scale_route_param",)
    ranges: ClassVar = {"low_scale": Range(0), "high_scale": Range(0)}
    bottoms = at_least(1)
    tops = same_as_bottoms
    has_backward = False
    backward_reads = frozenset()
    reshape_always = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.scale_route_param
        self.low = param.low_scale if param.HasField("low_scale") else 0.0
        self.high = param.high_scale if param.HasField("high_scale") else math.inf
        given = [s for s in (self.low, self.high) if 0 < s < math.inf]
        self.middle = math.prod(given) ** (1 / len(given)) if given else 256.0
        if self.high < self.low:
            raise self.fault(
                f"high_scale {self.high:g} is below low_scale {self.low:g}", "", "high_scale"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        rows = region_rows(bottom[0], "bottom 0")
        for i, (blob, out) in enumerate(zip(bottom, top)):
            if blob.shape[:1] != (rows,):
                raise ShapeError(
                    f"bottom {i} has shape {blob.shape}, there are {rows} regions",
                    "it needs one row for each",
                )
            out.reshape(*blob.shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        corners = bottom[0].data.reshape(-1, 5)[:, 1:]
        if not np.isfinite(corners).all():
            at = int(np.argmin(np.isfinite(corners).all(axis=1)))
            raise DataError(f"region {at} is not finite", "look at what makes it")
        sides = corners[:, 2:] - corners[:, :2] + 1
        scale = np.sqrt(np.where((sides >= 1).all(axis=1), sides.prod(axis=1), 0))
        picked = np.flatnonzero((scale >= self.low) & (scale < self.high))
        if not len(picked) and len(scale):
            with np.errstate(divide="ignore"):
                picked = np.argmin(np.abs(np.log2(scale / self.middle)), keepdims=True)
        for blob, out in zip(bottom, top):
            out.reshape(len(picked), *blob.shape[1:])
            np.take(blob.data, picked, axis=0, out=out.data, mode="clip")
