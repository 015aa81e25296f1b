"""Deconvolution: convolution backwards, which enlarges."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layer import Blobs
from ..core.registry import register
from ..kernels import convolution
from ._conv import ConvBase


@register
class Deconvolution(ConvBase):
    """Spread each value over a window, weighted by a filter, and add up what overlaps.

    bottom[i] (N, C, H, W) -> top[i] (N, num_output, OH, OW), all with the same weights.
    Forward is what a Convolution from top to bottom does backward, and the other way round:

        y[n, m, h stride - pad + i dilation, ...] += w[c, m, i, j] x[n, c, h, w];  y += b[m]

        OH = stride (H - 1) + dilation (kernel - 1) + 1 - 2 pad

    convolution_param: as for Convolution; num_output is the number of output channels.

    blobs: weights (C, num_output / group, kernel...), bias (num_output).
    """

    type = "Deconvolution"
    transposed = True

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        w = self.blobs[0].data
        for x, y in zip(bottom, top):
            out = self.batch(y.data)
            dy = self.batch(x.data)
            convolution.backward(None, dy, w, None, None, out, self.window, self.group)
            if len(self.blobs) > 1:
                convolution.add_bias(out, self.blobs[1].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        w, db = self.blobs[0], self.bias_diff()
        for x, y, wanted in zip(bottom, top, propagate_down):
            dy = self.batch(y.diff)
            if db is not None:
                convolution.backward_bias(dy, db)
            if self.param_propagate_down[0]:
                convolution.backward(
                    dy, self.batch(x.data), w.data, w.diff, None, None, self.window, self.group
                )
            if wanted:
                dx = self.batch(x.diff)
                convolution.forward(dy, w.data, None, dx, self.window, self.group)
