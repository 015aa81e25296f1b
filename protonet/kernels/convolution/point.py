"""1x1 kernels by steps of one: x itself is the columns, and all places are one axis.

Of several images each is a product, or some together where planes are small: im2col's way.  One
image is one product, cut into few parts along that side of y which costs the least packing.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import lowered
from .columns import cut, even
from .geometry import Geometry
from .way import CUT, Backward, Piece, Stage, Stages, Verdict


def suits(g: Geometry) -> Verdict:
    if not g.window.pointwise:
        return Verdict(False, "the window is not one cell")
    return Verdict(True, "the input itself is the columns")


#: Places for each output from which y is cut along its places.
LONG = 4
#: Values of y in a part.
VALUES = 1 << 18


class Part(NamedTuple):
    """Of the product (M, places)."""

    outputs: slice
    places: slice


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> list[Part]:
    """Parts of one image."""
    side = g.places if g.places > LONG * g.outputs else g.outputs
    count = min(side, max(2, -(-g.places * g.outputs // VALUES))) if g.work >= CUT else 1
    parts = [slice(*part) for part in cut(side, even(count, side))]
    if side == g.outputs:
        return [Part(part, slice(None)) for part in parts]
    return [Part(slice(None), part) for part in parts]


def ready(g: Geometry, w: NDArray, b: NDArray | None) -> NDArray | None:
    return lowered.ready(g.flat, w, b) if g.images > 1 or g.group > 1 else None


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: NDArray | None = None,
) -> Stages:
    if g.images > 1 or g.group > 1:
        yield from lowered.forward(g.flat, x, w, b, y, ready)
        return
    weights, cols = w.reshape(g.outputs, g.channels), x.reshape(g.channels, -1)
    planes = y.reshape(g.outputs, -1)

    def task(part: Part) -> None:
        out = planes[part]
        np.matmul(weights[part.outputs], cols[:, part.places], out=out)
        if b is not None:
            np.add(out, b[part.outputs, None], out=out)

    parts = plan(g)
    pieces = [Piece(slice(None), *part) for part in parts]
    yield Stage([partial(task, part) for part in parts], g.work, pieces)


def backward(g: Geometry, a: Backward) -> Stages:
    return lowered.backward(g.flat, a)
