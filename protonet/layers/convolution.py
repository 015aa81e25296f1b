"""Convolution: the same small filter at every place."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import convolution
from ._conv import ConvBase


@register
class Convolution(ConvBase):
    """Slide filters over the input and multiply.

    bottom[i] (N, C, H, W) -> top[i] (N, num_output, OH, OW), all with the same weights:

        y[n, m, oh, ow] = b[m] + sum over c, i, j of
                          w[m, c, i, j] x[n, c, oh stride - pad + i dilation, ow ... + j dilation]

        OH = floor((H + 2 pad - (dilation (kernel - 1) + 1)) / stride) + 1

    Places in the padding count as 0.  Any number of spatial axes, even none.

    Gradients: dw[m, c, i, j] sums dy x over images and places, db sums dy; dx sends each dy
    back to the cells it came from, times the weight.

    convolution_param: num_output; kernel_size, stride (1), pad (0), dilation (1), each once
    for all axes or once for each, the first three also as _h and _w; group (1): outputs of
    a group see the inputs of that group only; bias_term (true); weight_filler, bias_filler;
    axis (1): of the channels, all before it are batch.  engine and force_nd_im2col choose
    between Caffe's implementations and change nothing here.

    blobs: weights (num_output, C / group, kernel...), bias (num_output).
    """

    type = "Convolution"

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        w = self.blobs[0].data
        b = self.blobs[1].data if len(self.blobs) > 1 else None
        for x, y in zip(bottom, top):
            convolution.forward(
                self.batch(x.data), w, b, self.batch(y.data), self.window, self.group
            )

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        w, db = self.blobs[0], self.bias_diff()
        for x, y, wanted in zip(bottom, top, propagate_down):
            given, dy = self.batch(x.data), self.batch(y.diff)
            dw = w.diff if self.param_propagate_down[0] else None
            dx = self.batch(x.diff) if wanted else None
            convolution.backward(given, dy, w.data, dw, db, dx, self.window, self.group)
