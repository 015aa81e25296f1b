"""Rows of seven, as SSD's DetectionOutput and YOLO's write them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...net.net import Net
from ..placement import Placement
from . import boxes
from .reader import Reader, Settings, maker, register

#: Types whose tops are such rows.
_TYPES = {"DetectionOutput", "YoloDetectionOutput", "Yolov3DetectionOutput"}


@register
class RowReader(Reader):
    """image, class, score, x1, y1, x2, y2 in fractions of what the net sees; of the first YOLO v2
    x, y, w, h: the centre and the size.  A class of -1: nothing was found."""

    kind = "rows"
    rank = 1

    @classmethod
    def claim(cls, net: Net, free: Sequence[str], settings: Settings) -> list[Reader]:
        return [cls([name], settings, net) for name in free if _writes_rows(net, name)]

    def __init__(self, names: Sequence[str], settings: Settings, net: Net) -> None:
        super().__init__(names, settings)
        step = maker(net, names[0])
        assert step is not None
        layer = step.layer
        ssd = "ssd" in layer.forks
        # YOLO's layers throw the images of a batch together, or take one.
        self.alone = not ssd
        self._centred = not ssd and layer.type == "DetectionOutput"
        # How many labels there are: SSD counts the background, the later YOLOs begin at 1.
        count = getattr(layer.param, layer.messages[0]).num_classes + (not ssd)
        self._names = settings.names if self._centred else settings.names.for_classes(count)

    def read(self, values: dict[str, NDArray], places: Sequence[Placement]) -> list[boxes.Boxes]:
        rows = values[self.names[0]].reshape(-1, 7)
        rows = rows[(rows[:, 1] >= 0) & (rows[:, 2] >= self.settings.score)]
        return [self._of(rows[rows[:, 0] == i], place) for i, place in enumerate(places)]

    def _of(self, rows: NDArray, place: Placement) -> boxes.Boxes:
        sides = rows[:, 3:].astype(float)
        if self._centred:
            centre, half = sides[:, :2], sides[:, 2:] / 2
            sides = np.concatenate([centre - half, centre + half], axis=1)
        height, width = place.shown
        sides = place.back(sides * [width, height, width, height])
        found = ((int(row[1]), float(row[2]), box) for row, box in zip(rows, sides))
        return boxes.found(self.names[0], place, self._names, found)


def _writes_rows(net: Net, name: str) -> bool:
    step = maker(net, name)
    return step is not None and step.layer.type in _TYPES
