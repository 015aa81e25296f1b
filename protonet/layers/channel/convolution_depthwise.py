"""ConvolutionDepthwise: one filter for each channel."""

from __future__ import annotations

from typing import ClassVar

from ...core.layer import exactly
from ...core.registry import register
from ..convolution import Convolution


@register
class ConvolutionDepthwise(Convolution):
    """Slide one filter of its own over each channel (ShuffleNet; Zhang and others, 2017).

    bottom[0] (N, C, H, W) -> top[0] (N, C, OH, OW): a Convolution with group = num_output = C,

        y[n, c, oh, ow] = b[c] + sum over i, j of
                          w[c, 0, i, j] x[n, c, oh stride - pad + i dilation, ow ... + j dilation]

    Gradients as of Convolution.

    convolution_param: kernel_size, stride (1), pad (0), dilation (1), the first three also as
    _h and _w; bias_term (true); weight_filler, bias_filler.  num_output and group are not
    looked at.
    blobs: weights (C, 1, kernel...), bias (C).

    Deviation: without stride the forks read what is not there; here it is 1.
    """

    type = "ConvolutionDepthwise"
    forks = ("openvino", "shufflenet")
    bottoms, tops = exactly(1), exactly(1)
    ranges: ClassVar = {
        field: allowed
        for field, allowed in Convolution.ranges.items()
        if field not in ("num_output", "group")
    }

    def counts(self, channels: int) -> tuple[int, int]:
        return channels, channels
