"""ROIPooling: regions of all sizes become maps of one size."""

from __future__ import annotations

from typing import ClassVar

from ...core.blob import Blob
from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import roi, roi_max
from ._regions import RegionLayer, regions


@register
class ROIPooling(RegionLayer):
    """Cut each region of the maps into bins, and take the largest value of each.

    bottom[0] maps (N, C, H, W), bottom[1] regions (R, 5) or (R, 5, 1, 1): image, x1, y1, x2, y2
    in pixels of the image -> top[0] (R, C, pooled_h, pooled_w).

    Corners times spatial_scale are rounded, halves away from 0, and belong to the region: its
    width is w = max(x2 - x1 + 1, 1).  Bin p of P covers x1 + floor(p w / P) to
    x1 + ceil((p + 1) w / P), so bins may overlap, cut to the map; one that is empty gives 0.
    pad_ratio first widens the region by pad_ratio * (x2 - x1 + 1) on each side, and its height.

    Gradient: to the first of the largest values in row order.  A region that ends before it
    begins is pooled as if it were 1 x 1, but gets none, as in the fork.  The regions get none.

    roi_pooling_param: pooled_h, pooled_w (needed); spatial_scale (1), the map's size by the
    image's; pad_ratio (0, Cascade R-CNN's).

    Fast R-CNN (Girshick 2015).  Deviations: a region of an image that is not there or with a
    NaN is an error; NaN in the maps is passed on.
    """

    type = "ROIPooling"
    forks = ("fast-rcnn", "cascade-rcnn")
    messages = ("roi_pooling_param",)
    ranges: ClassVar = {
        "pooled_h": Range(1, required=True),
        "pooled_w": Range(1, required=True),
    }
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = self.param.roi_pooling_param

    def pooled(self, channels: int) -> tuple[int, int, int]:
        return channels, self.settings.pooled_h, self.settings.pooled_w

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        maps, out = bottom[0].data, top[0].data
        rows = roi.widened(regions(bottom[1], len(maps)), self.settings.pad_ratio)
        self.bins, self.reversed = roi.rounded_bins(
            rows, self.settings.spatial_scale, out.shape[2:], maps.shape[2:]
        )
        roi_max.max_pool(maps, self.bins, out=out)

    def maps_backward(self, top: Blob, bottom: Blob) -> None:
        roi_max.max_pool_backward(
            bottom.data, self.bins.without(self.reversed), top.diff, out=bottom.diff
        )
