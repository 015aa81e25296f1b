"""Target: which blobs of a net are scores of classes, and which are the labels they aim at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import NetError, did_you_mean
from ..net.net import Net
from ..net.step import Step
from ..proto import caffe_pb2 as pb

#: Types whose first two bottoms are scores and labels, the surest first.
_MEASURES = ("Accuracy", "SegAccuracy")
_LOSSES = ("SoftmaxWithLoss", "SoftmaxWithLossOHEM", "InfogainLoss")
_PLAIN = ("MultinomialLogisticLoss", "HingeLoss")
#: Of these every class has a label of its own, 0 or 1.
_SEVERAL = ("SigmoidCrossEntropyLoss",)
_KINDS = (*_MEASURES, *_LOSSES, *_PLAIN, *_SEVERAL)


class Batch(NamedTuple):
    """The places of one pass: of each its scores (P, K), its label (P), or for nets that tell
    several classes at once a label for each class (P, K), and the item it belongs to (P)."""

    scores: NDArray
    labels: NDArray
    items: NDArray


@dataclass(frozen=True)
class Target:
    """scores, labels: names of blobs, which may be copies that the net made for their reader.
    name: of the scores as the definition has it.  type: of the layer that compares them.  axis:
    of the classes.  ignored: labels of places that do not count.  several: whether an item can
    be of several classes.  probabilities: whether scores are such already."""

    scores: str
    labels: str
    name: str
    type: str
    axis: int = 1
    ignored: tuple[int, ...] = ()
    several: bool = False
    probabilities: bool = False

    def batch(self, net: Net) -> Batch:
        """What the last pass of a net gave, places that are ignored left out."""
        scores, labels = net.blobs[self.scores].data, net.blobs[self.labels].data
        if self.several:
            flat = scores.reshape(len(scores), -1)
            given = labels.reshape(flat.shape)
            counts = ~np.isin(given, self.ignored).any(axis=1)
            return Batch(flat[counts], given[counts], np.flatnonzero(counts))
        axis = self.axis % max(1, scores.ndim)
        classes = scores.shape[axis]
        flat = np.moveaxis(scores, axis, -1).reshape(-1, classes)
        places = labels.reshape(-1)
        items = np.arange(len(places)) * len(scores) // max(1, len(places))
        counts = ~np.isin(places, self.ignored)
        return Batch(flat[counts], places[counts].astype(np.intp), items[counts])


def find_target(net: Net, scores: str | None = None) -> Target:
    """The blobs to measure: those of the last Accuracy, else of the last loss of classes.

    scores: of the blob so named instead.  NetError if there are none.
    """
    found: dict[str, list[Target]] = {}
    copies = {
        top: step.bottom_names[0]
        for step in net.steps
        if step.layer.type == "Split"
        for top in step.top_names
    }
    for step in net.steps:
        if (target := _target(step, copies)) is not None:
            found.setdefault(target.type, []).insert(0, target)
    order = [target for kind in _KINDS for target in found.get(kind, [])]
    if scores is not None:
        named = [target for target in order if target.name == scores]
        if not named:
            known = dict.fromkeys(target.name for target in order)
            hint = f"compared with labels are {', '.join(known)}" if known else ""
            raise NetError(
                f"no layer compares '{scores}' with labels",
                did_you_mean(scores, known) or hint,
                file=net.definition.file,
            )
        return named[0]
    if not order:
        raise NetError(
            "no layer compares scores of classes with labels: there is nothing to count",
            "give a net with an Accuracy, SoftmaxWithLoss or SigmoidCrossEntropyLoss layer",
            file=net.definition.file,
        )
    return order[0]


def _target(step: Step, copies: Mapping[str, str]) -> Target | None:
    layer = step.layer
    if len(step.bottom_names) < 2:
        return None
    param: pb.LayerParameter = layer.param
    scores, labels = step.bottom_names[:2]
    names = (scores, labels, copies.get(scores, scores), layer.type)
    if layer.type == "Accuracy":
        accuracy = param.accuracy_param
        ignored = (accuracy.ignore_label,) if accuracy.HasField("ignore_label") else ()
        return Target(*names, axis=accuracy.axis, ignored=ignored)
    if layer.type == "SegAccuracy":
        return Target(*names, ignored=tuple(param.seg_accuracy_param.ignore_label))
    loss = param.loss_param
    ignored = (loss.ignore_label,) if loss.HasField("ignore_label") else ()
    if layer.type in _LOSSES:
        infogain = layer.type == "InfogainLoss" and param.HasField("infogain_loss_param")
        axis = param.infogain_loss_param.axis if infogain else param.softmax_param.axis
        return Target(*names, axis=axis, ignored=ignored)
    if layer.type in _PLAIN:
        return Target(*names, probabilities=layer.type == _PLAIN[0])
    if layer.type in _SEVERAL:
        return Target(*names, ignored=ignored, several=True)
    return None
