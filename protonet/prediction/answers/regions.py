"""Regions: the heads of Fast and Faster R-CNN and R-FCN, cls_prob and bbox_pred."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...kernels import anchors
from ...net.net import Net
from ..placement import Placement
from . import boxes
from .reader import Reader, Settings, maker, register


@register
class RegionReader(Reader):
    """Probabilities (R, K) of R regions, whose boxes move by (R, 4 K), or (R, 8) if all classes
    move alike.  Class 0 is the background.

    The regions (R, 5) are those of the layer Proposal, or Faster R-CNN's ProposalLayer.  Each
    class is suppressed by itself, at `nms`.
    """

    kind = "regions"
    rank = 2
    alone = True

    @classmethod
    def claim(cls, net: Net, free: Sequence[str], settings: Settings) -> list[Reader]:
        rois = _proposals(net)
        scores = [name for name in free if "prob" in name and _rows(net, name)[1] > 1]
        moves = [name for name in free if "bbox" in name or "box_pred" in name]
        if rois is None or len(scores) != 1 or len(moves) != 1:
            return []
        return [cls([scores[0], moves[0], rois], settings)]

    def read(self, values: dict[str, NDArray], places: Sequence[Placement]) -> list[boxes.Boxes]:
        (place,) = places
        scores, moves, rois = (values[name] for name in self.names)
        scores = scores.reshape(len(scores), -1)
        moves = moves.reshape(len(scores), -1, 4).astype(float)
        alike = moves.shape[1] == 2 != scores.shape[1]
        if alike:
            moves = moves[:, 1:]
        # As in Faster R-CNN: back to the picture first, then moved there.
        regions = rois[:, 1:5].astype(float) / np.tile(place.scale, 2)
        count = moves.shape[1]
        moved = anchors.moved(np.repeat(regions, count, 0), moves.reshape(-1, 4), 0)
        moved = anchors.clipped(moved, *map(float, place.size)).reshape(-1, count, 4)
        s = self.settings
        objects = scores.copy()
        objects[:, 0] = -1  # the background is none
        best = boxes.best_of_each_class(moved, objects, max(s.score, 0), s.nms, plus_one=True)
        names = s.names.for_classes(scores.shape[1])
        return [boxes.found(self.names[0], place, names, best)]


def _proposals(net: Net) -> str | None:
    """The blob of regions."""
    for step in net.steps:
        python = step.layer.param.python_param.layer if step.layer.type == "Python" else ""
        if step.layer.type == "Proposal" or python == "ProposalLayer":
            return step.top_names[0]
    return None


def _rows(net: Net, name: str) -> tuple[int, int]:
    shape = net.blobs[name].shape
    step = maker(net, name)
    return (shape[0], int(np.prod(shape[1:]))) if step is not None and shape else (0, 0)
