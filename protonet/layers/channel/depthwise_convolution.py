"""DepthwiseConvolution: a convolution under the name of a faster implementation."""

from __future__ import annotations

from ...core.registry import register
from ..convolution import Convolution


@register
class DepthwiseConvolution(Convolution):
    """Convolve each channel by itself: Convolution under another name.

    bottom[i] (N, C, H, W) -> top[i] (N, num_output, OH, OW), as Convolution in everything.  The
    forks gave it a faster kernel for group = C = num_output (MobileNet; Howard and others,
    2017); here Convolution sees by the shapes when that one pays.

    convolution_param: as of Convolution; group must be given, it is not taken from C.
    blobs: weights (num_output, C / group, kernel...), bias (num_output).
    """

    type = "DepthwiseConvolution"
    forks = ("dwconv", "yolo-eric612")
