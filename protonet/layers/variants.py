"""Types that mean other layers in other forks: the rules that tell them apart.

One function a type, `(param, context) -> fork`, "" where the net does not tell.  They look at
what only one of the forks has: fields, the number of bottoms and tops, the number of blobs
that the weights hold.  `--fork NAME` and `Net(..., fork=NAME)` go before them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.context import Context
from ..core.registry import VARIANT_RULES
from ..proto import caffe_pb2 as pb

Rule = Callable[[pb.LayerParameter, Context], str]


def rule(type_name: str) -> Callable[[Rule], Rule]:
    """Function decorator: choose among the variants of a type."""
    return lambda choose: VARIANT_RULES.add(type_name, choose)


def _gives(message: Any, *fields: str) -> bool:
    return any(message.HasField(field) for field in fields)


@rule("BN")
def batch_normalisation(param: pb.LayerParameter, context: Context) -> str:
    """SegNet's if bn_mode, scale_filler or shift_filler is given or the weights have 2 blobs,
    PSPNet's if slope_filler, bias_filler, momentum, eps or frozen is, or they have 4.  Else
    SegNet's in a net with an Upsample of two bottoms, and PSPNet's in all others."""
    settings, blobs = param.bn_param, context.blob_count(param.name)
    if _gives(settings, "bn_mode", "scale_filler", "shift_filler"):
        return "segnet"
    if _gives(settings, "slope_filler", "bias_filler", "momentum", "eps", "frozen"):
        return "pspnet"
    if blobs in (2, 4):
        return "segnet" if blobs == 2 else "pspnet"
    layers = context.net.layer if context.net is not None else ()
    unpools = any(layer.type == "Upsample" and len(layer.bottom) == 2 for layer in layers)
    return "segnet" if unpools else "pspnet"


@rule("Normalize")
def normalize(param: pb.LayerParameter, context: Context) -> str:
    """SSD's if norm_param is given, happynear's if normalize_param is or there are two tops;
    else happynear's if the weights have no blob for it, and SSD's in all other cases."""
    if _gives(param, "norm_param"):
        return "ssd"
    if _gives(param, "normalize_param") or len(param.top) > 1:
        return "happynear"
    return "happynear" if context.blob_count(param.name) == 0 else "ssd"


@rule("SmoothL1Loss")
def smooth_l1_loss(param: pb.LayerParameter, context: Context) -> str:
    """Fast R-CNN's with smooth_l1_loss_param or four bottoms; R-FCN's with loss_param, three
    bottoms or two tops; SSD's with two bottoms and nothing else."""
    if _gives(param, "smooth_l1_loss_param") or len(param.bottom) == 4:
        return "fast-rcnn"
    if _gives(param, "loss_param") or len(param.bottom) == 3 or len(param.top) == 2:
        return "r-fcn"
    return "ssd"


@rule("Upsample")
def upsample(param: pb.LayerParameter, context: Context) -> str:
    """SegNet's with two bottoms (values and the places they go to), YOLO's with one."""
    return "segnet" if len(param.bottom) == 2 else "yolo-eric612"


@rule("DetectionOutput")
def detection_output(param: pb.LayerParameter, context: Context) -> str:
    """YOLO v2's with one bottom, SSD's with three or four."""
    return "yolo-gklz1982" if len(param.bottom) == 1 else "ssd"


@rule("DetectionEvaluate")
def detection_evaluate(param: pb.LayerParameter, context: Context) -> str:
    """Cascade R-CNN's with three bottoms, SSD's with two."""
    return "cascade-rcnn" if len(param.bottom) == 3 else "ssd"
