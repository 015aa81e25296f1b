"""1x1 kernels by steps of one: x itself is the columns, and all places are one axis."""

from __future__ import annotations

from numpy.typing import NDArray

from . import lowered
from .geometry import Geometry
from .way import Stages, Verdict


def suits(g: Geometry) -> Verdict:
    if not g.window.pointwise:
        return Verdict(False, "the window is not one cell")
    return Verdict(True, "the input itself is the columns")


def forward(g: Geometry, x: NDArray, w: NDArray, b: NDArray | None, y: NDArray) -> Stages:
    return lowered.forward(g.flat, x, w, b, y)


def backward(
    g: Geometry,
    x: NDArray | None,
    w: NDArray,
    dy: NDArray,
    dw: NDArray | None,
    db: NDArray | None,
    dx: NDArray | None,
) -> Stages:
    return lowered.backward(g.flat, x, w, dy, dw, db, dx)
