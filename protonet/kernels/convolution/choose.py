"""Which way a convolution goes, by its shape alone, and why."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..windows import Sizes, Window
from . import banded, depthwise, im2col, point, runs, tiles, wide, winograd
from .geometry import Geometry
from .way import Verdict, Way

#: The first that suits is taken; the last suits all.
WAYS: dict[str, Way] = {
    "depthwise": depthwise,
    "banded": banded,
    "tiles": tiles,
    "runs": runs,
    "winograd": winograd,
    "wide": wide,
    "point": point,
    "im2col": im2col,
}
#: Channels of a group from which groups go one by one, each as fast as if it were alone.
APART = 8


class Choice(NamedTuple):
    """A way and what it is for: all groups at once or, `apart`, each by itself."""

    name: str
    way: Way
    geometry: Geometry
    apart: bool
    verdicts: dict[str, Verdict]

    def __str__(self) -> str:
        """For people: the way and its reason, and why not the ones before it."""
        group = " for each group" if self.apart else ""
        refused = [
            f"not {name}: {why}" for name, (suits, why) in self.verdicts.items() if not suits
        ]
        return "; ".join([f"{self.name}{group}: {self.verdicts[self.name].why}", *refused])


@lru_cache(maxsize=1024)
def choose(
    x: Sizes, w: Sizes, window: Window, group: int, dtype: np.dtype, lasting: bool = False
) -> Choice:
    """For arrays of shapes x (N, G C, in...) and w (G M, C, kernel...).

    lasting: for weights that stay.
    """
    apart = group > 1 and w[1] >= APART
    together = 1 if apart else group
    g = Geometry(x[0], together, w[1], w[0] // group, x[2:], window, dtype, lasting)
    verdicts: dict[str, Verdict] = {}
    for name, way in WAYS.items():
        verdicts[name] = way.suits(g)
        if verdicts[name].suits:
            break
    return Choice(name, way, g, apart, verdicts)
