"""ROIAlign: regions of all sizes become maps of one size, without rounding."""

from __future__ import annotations

from typing import ClassVar

from ...core.blob import Blob
from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import roi_align
from ._regions import RegionLayer, regions


@register
class ROIAlign(RegionLayer):
    """Lay a grid of points over each region and interpolate the maps there.

    bottom[0] maps (N, C, H, W), bottom[1] regions (R, 5) or (R, 5, 1, 1): image, x1, y1, x2, y2
    in pixels of the image -> top[0] (R, C, pooled_h + 1, pooled_w + 1).  One point more than
    pooled_h and pooled_w: nets let an average pooling of 2 x 2 follow.

    Corners times spatial_scale less 0.5 are the first and last point, the others lie evenly
    between.  A point's value is that of the four cells around it, weighed by how near they are;
    a point more than half a cell outside of the map, and all of a region without width or
    height, are 0.  pad_ratio first widens the region by pad_ratio * (x2 - x1 + 1) on each side,
    and its height.

    Gradient: to the same four cells with the same weights.  The regions get none.

    roi_pooling_param: pooled_h, pooled_w (needed); spatial_scale (1), the map's size by the
    image's; pad_ratio (0).

    Cascade R-CNN (Cai, Vasconcelos 2018), after Mask R-CNN.  Deviation: a region of an image
    that is not there or with a NaN is an error.
    """

    type = "ROIAlign"
    forks = ("cascade-rcnn",)
    messages = ("roi_pooling_param",)
    ranges: ClassVar = {
        "pooled_h": Range(1, required=True),
        "pooled_w": Range(1, required=True),
    }
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = self.param.roi_pooling_param

    def pooled(self, channels: int) -> tuple[int, int, int]:
        return channels, self.settings.pooled_h + 1, self.settings.pooled_w + 1

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        maps, out = bottom[0].data, top[0].data
        n, _, h, w = maps.shape
        self.points = roi_align.grid_points(
            regions(bottom[1], n),
            self.settings.spatial_scale,
            self.settings.pad_ratio,
            out.shape[2:],
            (h, w),
        )
        roi_align.bilinear(maps, self.points, out=out)

    def maps_backward(self, top: Blob, bottom: Blob) -> None:
        roi_align.bilinear_backward(top.diff, self.points, out=bottom.diff)
