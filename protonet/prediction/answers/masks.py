"""Masks: the class of each pixel, from maps of scores (N, K, H, W)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...net.net import Net
from ..placement import Placement
from .reader import Answer, Reader, Settings, maker, register

#: The label of pixels that the net was not shown.
OUTSIDE = 255


@dataclass(frozen=True)
class Share:
    """A class and the fraction of the picture that it covers."""

    label: int
    name: str
    share: float


@dataclass
class Mask(Answer):
    """labels (H, W) of the picture's pixels, 255 for what was cut off; shares: the classes that
    are there, the largest first."""

    labels: NDArray = field(repr=False)
    shares: list[Share]
    kind: ClassVar[str] = "mask"

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"rank": i, "label": s.label, "name": s.name, "score": s.share}
            for i, s in enumerate(self.shares, 1)
        ]


@register
class MaskReader(Reader):
    """The class whose map is the highest at each place; of a single map 1 where it is above a
    half; of ArgMax's what it says."""

    kind = "masks"
    rank = 7

    @classmethod
    def claim(cls, net: Net, free: Sequence[str], settings: Settings) -> list[Reader]:
        found: list[Reader] = []
        for name in free:
            shape = net.blobs[name].shape
            if len(shape) == 4 and shape[2] * shape[3] > 1:
                step = maker(net, name)
                chosen = step is not None and step.layer.type == "ArgMax"
                found.append(cls([name], settings, chosen))
        return found

    def __init__(self, names: Sequence[str], settings: Settings, chosen: bool) -> None:
        super().__init__(names, settings)
        self._chosen = chosen

    def read(self, values: dict[str, NDArray], places: Sequence[Placement]) -> list[Mask]:
        maps = values[self.names[0]]
        if self._chosen:
            labels = maps[:, 0].astype(int)
        elif maps.shape[1] == 1:
            labels = (maps[:, 0] > 0.5).astype(int)
        else:
            labels = maps.argmax(axis=1)
        count = 0 if self._chosen or maps.shape[1] == 1 else maps.shape[1]
        names = self.settings.names.for_classes(count) if count else self.settings.names
        return [self._of(each, place, names) for each, place in zip(labels, places)]

    def _of(self, labels: NDArray, place: Placement, names: Any) -> Mask:
        full = place.map_back(labels, OUTSIDE)
        which, counts = np.unique(full[full != OUTSIDE], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        shares = [
            Share(int(which[i]), names[int(which[i])], float(counts[i] / full.size)) for i in order
        ]
        return Mask(self.names[0], full.astype(np.uint8 if full.max() < 256 else np.int32), shares)


def palette(count: int = 256) -> NDArray[np.uint8]:
    """The colours (count, 3) of labels, red, green, blue, as in PASCAL VOC: the bits of the
    label, three at a time, make the bits of the colours from the highest on."""
    label = np.arange(count)
    colours = np.zeros((count, 3), int)
    for bit in range(8):
        for channel in range(3):
            colours[:, channel] |= (label >> (3 * bit + channel) & 1) << (7 - bit)
    return colours.astype(np.uint8)
