"""SmoothL1Loss of R-FCN's branch."""

from __future__ import annotations

from ....core.registry import register
from .._ohem import SmoothL1EachLayer


@register
class SmoothL1Loss(SmoothL1EachLayer):
    """What that branch calls SmoothL1LossOHEM too: see there.

    bottom[0] (N, C, H, W) prediction, bottom[1] target[, bottom[2] weights] -> top[0] (),
    top[1] (optional) (N, 1, H, W), the loss of each place.  Beside the other SmoothL1Losses it
    divides by N H W unless loss_param: normalization says otherwise.
    """

    type = "SmoothL1Loss"
    forks = ("r-fcn",)
    variant = True
