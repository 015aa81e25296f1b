"""LRN: local response normalisation."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..core.layer import Blobs, Layer
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import lrn as kernels
from ..proto import caffe_pb2 as pb


@register
class LRN(Layer):
    """Divide each value by the strength of its neighbours, as lateral inhibition does.

    bottom[0] (N, C, H, W) -> top[0] the same, with n = local_size:

        ACROSS_CHANNELS  y = x (k + alpha / n   * sum of x^2 over n channels)^-beta
        WITHIN_CHANNEL   y = x (1 + alpha / n^2 * sum of x^2 over n x n cells)^-beta

    The window is centred; outside of the input x counts as 0.  Within a channel k is not
    used: a quirk of Caffe, kept.

    Gradient, s being what is in brackets: dx = dy s^-beta - c x (sum of dy y / s over the
    window), c = 2 beta alpha / n (or / n^2).

    lrn_param: local_size (5), odd; alpha (1), beta (0.75), k (1); norm_region
    (ACROSS_CHANNELS).
    """

    type = "LRN"
    messages = ("lrn_param",)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.lrn_param
        size = param.local_size
        if size % 2 == 0:
            raise self.fault(
                f"local_size is {size}, which has no middle", "make it odd", "local_size"
            )
        across = param.norm_region == pb.LRNParameter.ACROSS_CHANNELS
        rate = param.alpha / (size if across else size * size)
        self.norm = kernels.Norm(size, rate, param.beta, param.k if across else 1.0, across)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        kernels.forward(bottom[0].data, self._scale(bottom), top[0].data, self.norm)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x, dx = bottom[0].data, bottom[0].diff
            kernels.backward(x, self._scale(bottom), top[0].diff, dx, self.norm)

    def _scale(self, bottom: Blobs) -> NDArray:
        return self.scratch("scale", bottom[0].shape)
