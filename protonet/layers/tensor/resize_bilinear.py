"""ResizeBilinear: TensorFlow's bilinear resizing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs
from ...core.registry import register
from ...kernels import interp
from .._other_forks import refuse_fields
from ._resize import Resize


@register
class ResizeBilinear(Resize):
    """Resize each plane bilinearly, as TensorFlow and ONNX do.

    bottom[0] (N, H, W, C), or (N, C, H, W) with data_format: "NCHW" -> top[0] (N, OH, OW, C), or
    (N, C, OH, OW).  Output i lies at i H / OH; with align_corners at i (H - 1) / (OH - 1); with
    half_pixel_centers or pytorch_half_pixel at (i + 1/2) H / OH - 1/2, and with the latter at
    -1/2 if OH is 1.  It is taken from the cells below and above that place, as far as it lies
    between them, and from the last cell alone beyond it.  Columns likewise.

    Gradient: the transposed operation, each cell collects what it was used for.

    resize_bilinear_param: output_height, output_width, or else scale_height, scale_width (1):
    OH = floor(H scale); align_corners, half_pixel_centers, pytorch_half_pixel (false);
    data_format ("NHWC").  Those of quantised nets and the resizing of volumes are not served.

    Synopsys' fork.  It has no gradient.
    """

    type = "ResizeBilinear"
    forks = ("synopsys",)
    messages = ("resize_bilinear_param",)
    MODES = ("align_corners", "half_pixel_centers", "pytorch_half_pixel")

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_fields(self, "output_scale", "output_zero_point", "saturate")
        super().setup(bottom, top)

    def weights(self, size: int, out: int) -> NDArray:
        param = self.settings
        half = param.half_pixel_centers or param.pytorch_half_pixel
        place = interp.places(size, out, param.align_corners, half)
        if param.pytorch_half_pixel and out == 1:
            place = np.zeros(1, np.float32)
        return interp.between(place - np.float32(0.5) if half else place, size)
