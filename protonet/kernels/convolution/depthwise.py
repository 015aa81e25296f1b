"""Depthwise convolution as products of single rows: each channel has a filter of its own.

Row i of a channel's kernel is a vector of kw weights; what each of them meets, over all outputs,
is the plane of x moved by a cell.  With kw moved planes one above the other,

    y[o] = sum over i of  w[i] (1, kw)  planes (kw, OH OW), from i rows further down

products that go through memory once for kw weights, not once for each, and write the plane of
outputs as it lies.  Beside the image the planes are 0: rows above and below, and at both sides
what a move brought in from the row before or behind.  Strides split x into planes of every
stride-th row and column.  No weight meets another channel's values.

    dx = dy in its padding, and the kernel turned round, for steps of one
    dw[i] = planes of dy (kw, H W), from i rows further down  x (H W, 1)

the latter where planes are small.  Other dw, and dx for longer steps, go another way.  As with
columns, what is not finite meets the zeros beside a plane.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Window
from . import banded, lowered, tiles
from .columns import cut, even
from .geometry import Geometry
from .memory import INPUT, PRODUCT, SUMS
from .way import CUT, Backward, Piece, Stage, Stages, Task, Verdict, Way, nothing

#: Cells of a kernel's row up to which it pays to move planes.
CELLS = 8
#: Values of a piece's planes of outputs.
VALUES = 3 << 16
#: Multiply-adds that one takes as long as, for most of the time goes into moving.
SLOW = 6
#: Places of a plane up to which dw comes of the planes that dx is made of.
PLACES = 400
#: Bytes after which addresses look alike to a processor that has to tell reads from writes.
ALIKE = 1 << 12

ready = nothing


class Line(NamedTuple):
    """A row of the kernel: its plane, and the first of the plane's rows that it sees."""

    plane: int
    first: int


class Part(NamedTuple):
    """Cells of an axis of a plane that lie in x, and where in x they are."""

    cells: slice
    x: slice


class Plane(NamedTuple):
    """Every stride-th row of x, from one of those that a row of the kernel begins with: how many
    rows, and which of them there are."""

    rows: int
    there: Part


class Move(NamedTuple):
    """A column of the kernel.  base: the one whose plane is moved for it, itself for none; by: how
    far.  there, beside: columns that do not come that way, in x and beside it."""

    column: int
    base: int
    by: int
    there: Part
    beside: list[slice]


class Plan(NamedTuple):
    """channels: of a task, by its shape alone; images: of a piece of its work."""

    lines: list[Line]
    planes: list[Plane]
    moves: list[Move]
    channels: list[tuple[int, int]]
    images: int


def suits(g: Geometry) -> Verdict:
    if g.group == 1 or g.channels > 1 or g.outputs > 1:
        return Verdict(False, "not one filter for each channel")
    if len(g.out) != 2:
        return Verdict(False, "not planes")
    if g.window.kernel[1] > CELLS:
        return Verdict(False, f"rows of {g.window.kernel[1]} weights, pays up to {CELLS}")
    return Verdict(True, f"{g.group} filters of their own, {g.window.kernel[1]} moved planes")


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    planes, lines = _lines(g)
    values = prod(g.out)
    wanted = max(2, -(-g.group * values // VALUES)) if SLOW * g.work >= CUT else 1
    spans = cut(g.group, min(even(wanted, g.group), g.group))
    step = max(1, VALUES // (values * (spans[-1][1] - spans[-1][0])))
    return Plan(lines, planes, _moves(g), spans, min(step, max(g.images, 1)))


def _lines(g: Geometry) -> tuple[list[Plane], list[Line]]:
    starts, stride = _starts(g.window, 0), g.window.stride[0]
    planes: list[Plane] = []
    lines = [Line(0, 0)] * len(starts)
    for residue in sorted({start % stride for start in starts}):
        alike = [i for i, start in enumerate(starts) if start % stride == residue]
        first, last = (starts[i] // stride for i in (alike[0], alike[-1]))
        for i in alike:
            lines[i] = Line(len(planes), starts[i] // stride - first)
        rows = g.out[0] + last - first
        at = first * stride + residue
        planes.append(Plane(rows, _there(at, stride, range(rows), g.size[0])))
    return planes, lines


def _moves(g: Geometry) -> list[Move]:
    starts, stride, out = _starts(g.window, 1), g.window.stride[1], g.out[1]
    moves: list[Move] = []
    bases: dict[int, int] = {}
    # The one that lies on x is a base: it is copied in one run.
    for j in sorted(range(len(starts)), key=lambda j: starts[j] != 0):
        base = bases.setdefault(starts[j] % stride, j)
        by = (starts[j] - starts[base]) // stride
        if abs(by) >= out:
            base, by = j, 0
        fresh = range(out) if base == j else range(-by) if by < 0 else range(out - by, out)
        there = _there(starts[j], stride, fresh, g.size[1])
        ends = (fresh.start, there.cells.start), (there.cells.stop, fresh.stop)
        moves.append(Move(j, base, by, there, [slice(*end) for end in ends if end[0] < end[1]]))
    return moves


def _starts(window: Window, axis: int) -> list[int]:
    """What the kernel's cells along an axis meet of x first."""
    return [i * window.dilation[axis] - window.pad[axis] for i in range(window.kernel[axis])]


def _there(start: int, stride: int, cells: range, size: int) -> Part:
    """Those of the cells start + k stride, k in `cells`, that lie in an axis of x."""
    low = min(max(cells.start, -(start // stride)), cells.stop)
    high = max(low, min(cells.stop, -((start - size) // stride)))
    at = start + low * stride
    return Part(slice(low, high), slice(at, at + (high - low) * stride, stride))


def forward(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    ready: None = None,
) -> Stages:
    pieces = [Piece(slice(None), slice(*span), slice(None)) for span in plan(g).channels]
    yield Stage(_convolve(g, x, w[:, 0], b, y), SLOW * g.work, pieces)


def backward(g: Geometry, a: Backward) -> Stages:
    x, w, dy, dw, db, dx = a
    way: Way = next(way for way in (banded, tiles, lowered) if way is lowered or way.suits(g).suits)
    if dx is None or g.window.stride != (1, 1):
        yield from way.backward(g, a)
        return
    if x is None or dw is None or prod(g.size) > PLACES:
        tasks = _convolve(back(g), dy, banded.turned(w), None, dx)
    else:
        gradient = Gradient(x, dw[:, 0, ::-1, ::-1], db)
        tasks, dw = _convolve(back(g), dy, banded.turned(w), None, dx, gradient), None
    if dw is not None:
        first, *rest = way.backward(g, a._replace(dx=None))
        yield Stage([*first.tasks, *tasks], first.work + SLOW * g.work)
        yield from rest
    else:
        yield Stage(tasks, SLOW * g.work)


@lru_cache(maxsize=1024)
def back(g: Geometry) -> Geometry:
    """For dx of dy, by steps of one."""
    pad = tuple(e - 1 - p for e, p in zip(g.window.extent, g.window.pad))
    return replace(g, size=g.out, window=g.window._replace(pad=pad))


class Gradient(NamedTuple):
    """dw (C, kh, kw) is to get the correlation of what the kernel sees with x (N, C, OH, OW), and
    db (C), if there is one, the sums of what it sees."""

    x: NDArray
    dw: NDArray
    db: NDArray | None

    def add(self, images: slice, low: int, high: int, source: NDArray, seen: list[NDArray]) -> None:
        """What some images and channels add."""
        x = self.x[images, low:high].reshape(*source.shape[:2], -1, 1)
        sums = scratch.buffer(SUMS, (*seen[0].shape[:3], 1), x.dtype)
        for row, planes in enumerate(seen):
            np.matmul(planes, x, out=sums)
            self.dw[low:high, row] += np.add.reduce(sums[..., 0], axis=0)
        if self.db is not None:
            self.db[low:high] += np.add.reduce(source, axis=(0, 2, 3))


def _convolve(
    g: Geometry,
    x: NDArray,
    w: NDArray,
    b: NDArray | None,
    y: NDArray,
    gradient: Gradient | None = None,
) -> list[Task]:
    """Tasks that write y (N, C, OH, OW); w (C, kh, kw).  gradient: what they add to besides."""
    p = plan(g)
    bias = None if b is None else b[:, None, None]
    weights = [w[:, i, None] for i in range(w.shape[1])]

    def task(low: int, high: int, pieces: list[tuple[slice, NDArray, NDArray]]) -> None:
        for images, source, out in pieces:
            shape = source.shape[:2]
            v = scratch.views(("depthwise", g, shape), partial(_views, g, shape))
            for target, given in v.steps:
                if given is None:
                    target.fill(0)
                else:
                    np.copyto(target, source[given] if isinstance(given, tuple) else given)
            np.matmul(weights[0][low:high], v.seen[0], out=out)
            for line in range(1, len(weights)):
                np.matmul(weights[line][low:high], v.seen[line], out=v.product)
                np.add(out, v.product, out=out)
            if bias is not None:
                np.add(out, bias[low:high], out=out)
            if gradient is not None:
                gradient.add(images, low, high, source, v.seen)

    tasks: list[Task] = []
    flat = y.reshape(*y.shape[:2], 1, -1)
    for low, high in p.channels:
        steps = [slice(i, i + p.images) for i in range(0, len(x), p.images)]
        pieces = [(s, x[s, low:high], flat[s, low:high]) for s in steps]
        tasks.append(partial(task, low, high, pieces))
    return tasks


class _Views(NamedTuple):
    """Memory of a piece: steps that fill its planes, each a part of them and what comes there,
    another part, some of x, or 0; what each row of the kernel sees (N, C, kw, OH OW); and memory
    for a product (N, C, 1, OH OW)."""

    steps: list[tuple[NDArray, NDArray | Index | None]]
    seen: list[NDArray]
    product: NDArray


def _views(g: Geometry, shape: tuple[int, int]) -> _Views:
    """For (images, channels)."""
    p, columns, count = plan(g), g.window.kernel[1], prod(shape)
    sizes = [count * plane.rows * g.out[1] for plane in p.planes]
    # Reads and writes at addresses that look alike wait for one another.
    alike = ALIKE // g.dtype.itemsize
    sizes = [size + (alike // 2 - size) % alike for size in sizes]
    memory = scratch.buffer(INPUT, (columns * sum(sizes),), g.dtype)
    steps: list[tuple[NDArray, NDArray | Index | None]] = []
    moved: list[NDArray] = []
    for plane, size in zip(p.planes, sizes):
        part, memory = memory[: columns * size], memory[columns * size :]
        flat = part.reshape(columns, size)[:, : count * plane.rows * g.out[1]]
        moved.append(flat.reshape(columns, *shape, plane.rows * g.out[1]))
        for move in p.moves:
            steps += _steps(flat, shape, g.out[1], plane, move)
    places = prod(g.out)
    starts = [(moved[line.plane], line.first * g.out[1]) for line in p.lines]
    seen = [a[..., at : at + places].transpose(1, 2, 0, 3) for a, at in starts]
    return _Views(steps, seen, scratch.buffer(PRODUCT, (*shape, 1, places), g.dtype))


def _steps(
    flat: NDArray, shape: tuple[int, int], width: int, plane: Plane, move: Move
) -> list[tuple[NDArray, NDArray | Index | None]]:
    """What fills the planes of a column of the kernel."""
    steps: list[tuple[NDArray, NDArray | Index | None]] = []
    target, base, by = flat[move.column], flat[move.base], move.by
    if move.base != move.column:
        ends = (target[-by:], base[:by]) if by < 0 else (target[: len(base) - by], base[by:])
        steps.append(ends)
    planes = target.reshape(*shape, plane.rows, width)
    rows, columns = plane.there, move.there
    steps += [(planes[..., cells], None) for cells in move.beside]
    if columns.cells.start < columns.cells.stop:
        above, below = slice(0, rows.cells.start), slice(rows.cells.stop, plane.rows)
        steps += [
            (planes[..., part, columns.cells], None)
            for part in (above, below)
            if part.start < part.stop
        ]
        steps.append((planes[..., rows.cells, columns.cells], (..., rows.x, columns.x)))
    return steps
