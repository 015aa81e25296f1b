"""PSROIPooling: each part of a region looks at maps of its own."""

from __future__ import annotations

from typing import ClassVar

from ...core.blob import Blob
from ...core.layer import Blobs
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import roi, roi_mean
from ._regions import RegionLayer, regions


@register
class PSROIPooling(RegionLayer):
    """Cut each region into g x g bins, and take the mean of each bin in a map of its own.

    bottom[0] maps (N, output_dim * g * g, H, W), bottom[1] regions (R, 5) or (R, 5, 1, 1):
    image, x1, y1, x2, y2 in pixels of the image -> top[0] (R, output_dim, g, g), g =
    group_size: value (c, p, q) is a mean over map (c g + p) g + q.

    The region goes from round(x1) * spatial_scale to (round(x2) + 1) * spatial_scale, rounded
    *before* it is scaled, and is at least 0.1 wide; bin p covers floor(x1 + p b) to
    ceil(x1 + (p + 1) b), b = width / g, cut to the map; its height likewise.  An empty bin
    gives 0.

    Gradient: shared evenly by the cells of the bin.  The regions get 0.

    psroi_pooling_param: spatial_scale, output_dim, group_size (all needed).

    R-FCN (Dai, Li, He, Sun 2016).  Deviation: a region of an image that is not there or with a
    NaN is an error.
    """

    type = "PSROIPooling"
    forks = ("r-fcn",)
    messages = ("psroi_pooling_param",)
    ranges: ClassVar = {
        "spatial_scale": Range(0),
        "output_dim": Range(1),
        "group_size": Range(1),
    }
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if not self.param.HasField("psroi_pooling_param"):
            raise self.fault(
                "psroi_pooling_param is missing", "give spatial_scale, output_dim and group_size"
            )
        self.settings = self.param.psroi_pooling_param

    def pooled(self, channels: int) -> tuple[int, int, int]:
        wanted, group = self.settings.output_dim, self.settings.group_size
        if channels != wanted * group * group:
            raise ShapeError(
                f"bottom 0 has {channels} channels, output_dim * group_size^2 is "
                f"{wanted * group * group}",
                "let num_output of the layer that makes it be that many",
                field="psroi_pooling_param.output_dim",
            )
        return wanted, group, group

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        maps = bottom[0].data
        self.bins = roi.scaled_bins(
            regions(bottom[1], len(maps)),
            self.settings.spatial_scale,
            self.settings.group_size,
            maps.shape[2:],
        )
        roi_mean.mean_pool(maps, self.bins, out=top[0].data)

    def maps_backward(self, top: Blob, bottom: Blob) -> None:
        roi_mean.mean_pool_backward(top.diff, self.bins, out=bottom.diff)
