"""The softmaxloss_param that DeepLab's V1 layers had before there was a loss_param."""

from __future__ import annotations

from ..errors import PrototxtError
from . import caffe_pb2 as pb
from .source_map import Place


def ignore_labels(layer: pb.LayerParameter, given: pb.SoftmaxLossParameter, place: Place) -> None:
    """Its ignore_label as that of loss_param.  PrototxtError for what that cannot say."""
    if given.HasField("weight_source"):
        field, what = "weight_source", "weights of the classes from a file are not served"
        hint = "remove it if all classes may count the same"
    elif len(given.ignore_label) > 1:
        field, what = "ignore_label", f"{len(given.ignore_label)} labels to ignore"
        hint = "give one"
    else:
        for label in given.ignore_label:
            layer.loss_param.ignore_label = label
        return
    raise PrototxtError(
        f"softmaxloss_param: {what}",
        hint,
        file=place.file,
        line=place.line_of(f"softmaxloss_param.{field}"),
        layer=layer.name,
        layer_type=layer.type,
    )
