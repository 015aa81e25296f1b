"""SmoothL1LossOHEM: how far boxes are from where they should be, also region by region."""

from __future__ import annotations

from ...core.registry import register
from ._ohem import SmoothL1EachLayer


@register
class SmoothL1LossOHEM(SmoothL1EachLayer):
    """The distance of two blobs, squared up to 1 and plain beyond.

    bottom[0] (N, C, H, W) prediction a, bottom[1] target b[, bottom[2] weights w], all with as
    many values -> top[0] (), top[1] (optional) (N, 1, H, W), the loss of each place:

        sum of f(w (a - b)) / count,  f(d) = d^2 / 2 if |d| < 1, else |d| - 1/2

    Gradients: da = f'(w (a - b)) / count * dloss, db = -da, f'(d) = d cut to -1 .. 1.  The
    weights are *not* applied a second time, so where they are neither 0 nor 1 this is not the
    derivative: as in the fork.

    loss_param: normalization, the count: VALID or FULL (N H W), BATCH_SIZE (N), NONE (1),
    PRE_FIXED (pre_fixed_normalizer, 1).

    R-FCN (Dai, Li, He, Sun 2016), for BoxAnnotatorOHEM, which takes top[1] of a layer with
    loss_weight: 0 loss_weight: 0.  As in the fork the loss counts only with a loss_weight.
    """

    type = "SmoothL1LossOHEM"
    forks = ("r-fcn",)
