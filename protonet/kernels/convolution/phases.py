"""How planes become long runs: what runs.py and rows.py share.

A plane with its padding is one run of rows of `pitch` cells; strides split it into phases, each
a plane of its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..windows import Index
from .columns import cut, even
from .geometry import Geometry, residues
from .way import CUT, Piece

#: Values in the columns of a task.
VALUES = 1 << 18


class Phase(NamedTuple):
    """Every stride-th cell from some first one, as planes (rows, pitch): what of x is in them, and
    where; the kernel's cells that meet them, and how many these are."""

    x: Index
    inside: Index
    cells: tuple[slice, slice]
    kernel: tuple[int, int]


class Chunk(NamedTuple):
    """Images first..last, output rows top..bottom."""

    first: int
    last: int
    top: int
    bottom: int


class Plan(NamedTuple):
    """shift, pitch: rows of a phase's planes beyond the chunk's, and their length."""

    shift: int
    pitch: int
    chunks: list[Chunk]
    pieces: list[Piece]


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    kernel, stride, _, dilation = g.window
    shift, across = (d * (k - 1) // s for k, s, d in zip(kernel, stride, dilation))
    pitch = g.out[1] + across
    values = g.depth * g.out[0] * pitch
    if values > VALUES or (g.images == 1 and g.work >= CUT):
        images = cut(g.images, g.images)
        lines = cut(g.out[0], even(min(g.out[0], max(2, -(-values // VALUES))), g.out[0]))
    else:
        count = VALUES // max(1, values)
        images, lines = cut(g.images, even(-(-g.images // count), g.images)), [(0, g.out[0])]
    chunks = [Chunk(*image, *line) for image in images for line in lines]
    row = g.out[1]
    pieces = [
        Piece(slice(c.first, c.last), slice(None), slice(c.top * row, c.bottom * row))
        for c in chunks
    ]
    return Plan(shift, pitch, chunks, pieces)


def phases(g: Geometry, top: int, planes: tuple[int, int]) -> list[Phase]:
    """Of the planes for the rows of output from `top` on."""
    kernel, stride, pad, _ = g.window
    before = (pad[0] - top * stride[0], pad[1])
    found = []
    for first in np.ndindex(*map(min, stride, kernel)):
        ends = [residues(*each) for each in zip(first, stride, before, g.size, planes)]
        cells = [slice(a, None, s) for a, s in zip(first, stride)]
        counts = [len(range(k)[cell]) for k, cell in zip(kernel, cells)]
        x, inside = ((..., *slices) for slices in zip(*ends))
        found.append(Phase(x, inside, (cells[0], cells[1]), (counts[0], counts[1])))
    return found
