"""ResizeNearestNeighbor: TensorFlow's resizing by repetition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.registry import register
from ...kernels import interp
from ._resize import Resize


@register
class ResizeNearestNeighbor(Resize):
    """Resize each plane by taking the nearest cell, as TensorFlow and ONNX do.

    bottom[0] (N, H, W, C), or (N, C, H, W) with data_format: "NCHW" -> top[0] (N, OH, OW, C), or
    (N, C, OH, OW).  Output row i is the bottom's row

        floor(i H / OH);  with half_pixel_centers floor((i + 1/2) H / OH);  with half_pixel_onnx
        floor((i + 1/2) H / OH - 1/2);  with align_corners i (H - 1) / (OH - 1), rounded,

    of rows that exist the nearest one.  Columns likewise.

    Gradient: each cell collects what it was used for.

    resize_nearest_neighbor_param: output_height, output_width, or else scale_height, scale_width
    (1): OH = floor(H scale); align_corners, half_pixel_centers, half_pixel_onnx (false);
    data_format ("NHWC").

    Synopsys' fork.  It has no gradient.
    """

    type = "ResizeNearestNeighbor"
    forks = ("synopsys",)
    messages = ("resize_nearest_neighbor_param",)
    MODES = ("align_corners", "half_pixel_centers", "half_pixel_onnx")

    def weights(self, size: int, out: int) -> NDArray:
        param = self.settings
        half = param.half_pixel_centers or param.half_pixel_onnx
        place = interp.places(size, out, param.align_corners, half)
        shift = 0.5 if param.align_corners else -0.5 if param.half_pixel_onnx else 0
        return interp.chosen(np.floor(place + np.float32(shift)), size)
