"""Grids of YOLO v3, of nets that end in their convolutions and have no layer that reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError
from ...kernels import grid
from ...net.net import Net
from ..placement import Placement
from . import boxes
from .reader import Reader, Settings, register


@register
class GridReader(Reader):
    """Maps (N, A (5 + K), H, W), one for each size of cells, A boxes a cell; the sizes of the
    anchors, `settings.anchors`, are not written in a net, so they have to be given: smallest
    first, of which the finest map has the first A.

    Channel a (5 + K) + k of box a: k = x, y, w, h, objectness, scores of the classes, with
    score = logistic(objectness) logistic(class), as in Yolov3DetectionOutput.  Each class is
    suppressed by itself, at `nms`.
    """

    kind = "grids"
    rank = 3

    @classmethod
    def claim(cls, net: Net, free: Sequence[str], settings: Settings) -> list[Reader]:
        if not settings.anchors:
            return []
        maps = [name for name in free if len(net.blobs[name].shape) == 4]
        maps.sort(key=lambda name: -net.blobs[name].shape[3])
        channels = {net.blobs[name].shape[1] for name in maps}
        each, rest = divmod(len(settings.anchors), max(1, len(maps)))
        count = channels.pop() if len(channels) == 1 else 0
        if rest or not each or not count or count % each or count // each < 6:
            shapes = ", ".join(f"'{name}' {net.blobs[name].shape}" for name in maps)
            raise NetError(
                f"{len(settings.anchors)} anchors do not fit the maps {shapes or '(none)'}",
                "give as many for each map, where a map has anchors times (5 + classes) channels",
                file=net.definition.file,
            )
        return [cls(maps, settings)]

    def read(self, values: dict[str, NDArray], places: Sequence[Placement]) -> list[boxes.Boxes]:
        parts = [self._of(i, values[name], places[0].shown) for i, name in enumerate(self.names)]
        item, sides, scores = (np.concatenate(each) for each in zip(*parts))
        s = self.settings
        answers = []
        for i, place in enumerate(places):
            height, width = place.shown
            own = sides[item == i] * [width, height, width, height]
            moved = place.back(own)[:, None]
            best = boxes.best_of_each_class(moved, scores[item == i], s.score, s.nms)
            answers.append(boxes.found(self.names[0], place, s.names, best))
        return answers

    def _of(
        self, index: int, data: NDArray, shown: tuple[int, int]
    ) -> tuple[NDArray, NDArray, NDArray]:
        """Images (M), boxes (M, 4) in fractions and scores (M, K) of a map."""
        count = len(self.settings.anchors) // len(self.names)
        own = self.settings.anchors[index * count : (index + 1) * count]
        n, channels, height, width = data.shape
        x = data.reshape(n, count, channels // count, height, width)
        image = (shown[1], shown[0])
        found = grid.found(x, self.settings.score, np.array(own), image, exclusive=False)
        half = found.box[2:] / 2
        sides = np.concatenate([found.box[:2] - half, found.box[:2] + half]).T.astype(float)
        scores = found.values[:, grid.CLASSES :] * found.values[:, grid.OBJECT, None]
        return found.item, sides, scores
