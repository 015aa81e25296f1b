"""Strided convolutions with one filter a channel, or with long steps: dx by residues of the stride,
one product.

Cells of dx that are a whole number of strides apart see the same part of the kernel: of a
kernel of m strides along an axis, m cells.  So dx, seen as tiles of a stride each way, is

    dx[tile, i] = sum over the m x m windows a of w[a stride + i] dy[tile - a]

a product of columns of dy, of which there are few, with the weights of all cells of a tile.
Adding each cell of the kernel to where it came from would go through memory once a cell.  What
is left, y and dw, goes im2col's way.
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import scratch
from ..windows import Index, Sizes, Window, windows
from . import lowered
from .columns import cut, even
from .geometry import Geometry, residues
from .memory import COLUMNS, EACH, INPUT, PART, PRODUCT, TURNED
from .way import Backward, Stage, Stages, Task, Verdict

#: Cells of a kernel from which it pays.
CELLS = 9
#: Values of dx in a task.
VALUES = 1 << 18
#: Steps from which a row of a tile is copied in one go, and not a cell of all tiles.
LONG = 8


def suits(g: Geometry) -> Verdict:
    kernel, stride, _, dilation = g.window
    single = g.group > 1 and g.channels == g.outputs == 1
    if not single and max(stride[-1:], default=1) < LONG:
        return Verdict(False, "not one filter for each channel, nor long steps")
    if prod(stride) == 1 or any(d != 1 for d in dilation):
        return Verdict(False, "does not move by strides, or is dilated")
    if prod(kernel) < CELLS or any(k < s for k, s in zip(kernel, stride)):
        return Verdict(False, f"kernel {kernel} has few cells for stride {stride}")
    return Verdict(True, f"kernel {kernel} in tiles of {stride}")


forward, ready = lowered.forward, lowered.ready


def backward(g: Geometry, a: Backward) -> Stages:
    _, w, dy, dw, _, dx = a
    spread = _spread_rows if g.window.stride[-1] >= LONG else _spread
    tasks = [] if dx is None else spread(g, w, dy, dx)
    if dw is None:
        yield Stage(tasks)
        return
    first, after = lowered.backward(g, a._replace(dx=None))
    yield Stage([*first.tasks, *tasks])
    yield after


class Plan(NamedTuple):
    """across: strides that the kernel covers along each axis.  tiles: of dx.  targets: for each
    cell of a tile where in dx it is, and in which tiles.  whole: all of dx is in tiles.  pieces:
    images and channels of a task."""

    across: Sizes
    tiles: Sizes
    targets: list[tuple[Index, Index]]
    whole: bool
    pieces: list[tuple[slice, slice]]


@lru_cache(maxsize=1024)
def plan(g: Geometry) -> Plan:
    kernel, stride, pad, _ = g.window
    across = tuple(-(-k // s) for k, s in zip(kernel, stride))
    tiles = tuple(n + m - 1 for n, m in zip(g.out, across))
    whole = all(t * s - p >= n for t, s, p, n in zip(tiles, stride, pad, g.size))
    targets = []
    for cell in product(*map(range, stride)):
        ends = [residues(*a) for a in zip(cell, stride, pad, g.size, tiles)]
        targets.append(((..., *(to for to, _ in ends)), (..., *(fro for _, fro in ends))))
    return Plan(across, tiles, targets, whole, _pieces(g))


def _pieces(g: Geometry) -> list[tuple[slice, slice]]:
    """Some images, or some channels of an image."""
    image = g.group * prod(g.size)
    if image <= VALUES:
        images = even(-(-g.images // (VALUES // image)), g.images)
        return [(slice(*i), slice(0, g.group)) for i in cut(g.images, images)]
    channels = cut(g.group, even(min(-(-image // VALUES), g.group), g.group))
    return [(slice(i, i + 1), slice(*c)) for i in range(g.images) for c in channels]


def _spread(g: Geometry, w: NDArray, dy: NDArray, dx: NDArray) -> list[Task]:
    p, axes = plan(g), len(g.out)
    weights = _by_cell(g, w, p)

    def task(images: slice, channels: slice) -> None:
        given, out = dy[images, channels], dx[images, channels]
        shape = given.shape[:2]
        frame = scratch.buffer(INPUT, (*shape, *_framed(g, p)), dy.dtype)
        frame.fill(0)
        np.copyto(frame[_within(g, p)], given)
        steps = Window(p.across, (1,) * axes, (0,) * axes, (1,) * axes)
        seen = windows(frame, steps, p.tiles, 2, 2)
        cols = scratch.buffer(COLUMNS, seen.shape, dy.dtype)
        np.copyto(cols, seen)
        cells = scratch.buffer(PRODUCT, (*shape, weights.shape[1], *p.tiles), dy.dtype)
        np.matmul(
            weights[channels],
            cols.reshape(*shape, weights.shape[2], -1),
            out=cells.reshape(*shape, weights.shape[1], -1),
        )
        if not p.whole:
            out.fill(0)
        for cell, (to, fro) in enumerate(p.targets):
            np.copyto(out[to], cells[:, :, cell][fro])

    return [partial(task, *piece) for piece in p.pieces]


def _spread_rows(g: Geometry, w: NDArray, dy: NDArray, dx: NDArray) -> list[Task]:
    """The same for long steps, and for any number of channels in a group: products (tiles, cells),
    whose rows go to dx as they lie."""
    p, axes, stride = plan(g), len(g.out), g.window.stride
    shape = (g.group, g.outputs, g.channels)
    weights = _by_row(g, w.reshape(*shape, *g.window.kernel), p)
    given = dy.reshape(g.images, g.group, g.outputs, *g.out)
    out = dx.reshape(g.images, g.group, g.channels, *g.size)
    size = tuple(t * s for t, s in zip(p.tiles, stride))
    # (channel, tile, cell, tile, cell, ...) -> (tile, tile, ..., channel, cell, cell, ...)
    order = (*range(1, 1 + 2 * axes, 2), 0, *range(2, 2 + 2 * axes, 2))
    split = (g.channels, *[n for pair in zip(p.tiles, stride) for n in pair])
    inside = tuple(slice(q, q + n) for q, n in zip(g.window.pad, g.size))

    def task(image: int, group: int) -> None:
        frame = scratch.buffer(INPUT, (g.outputs, *_framed(g, p)), dy.dtype)
        frame.fill(0)
        np.copyto(frame[_within(g, p)], given[image, group])
        steps = Window(p.across, (1,) * axes, (0,) * axes, (1,) * axes)
        seen = windows(frame, steps, p.tiles, 1, 1 + axes)  # (M, tiles..., windows...)
        seen = seen.transpose(*range(1, 1 + axes), 0, *range(1 + axes, 1 + 2 * axes))
        cols = scratch.buffer(COLUMNS, seen.shape, dy.dtype)
        np.copyto(cols, seen)
        places = prod(p.tiles)
        cells = scratch.buffer(PRODUCT, (places, weights.shape[2]), dy.dtype)
        np.matmul(cols.reshape(places, -1), weights[group], out=cells)
        target = out[image, group]
        exact = size == g.size and not any(g.window.pad)
        whole = target if exact else scratch.buffer(EACH, (g.channels, *size), dy.dtype)
        tiled = whole.reshape(split).transpose(order)
        np.copyto(tiled, cells.reshape(tiled.shape))
        if not exact:
            part = whole[(slice(None), *inside)]
            if part.shape != target.shape:
                target.fill(0)
            there: Index = (..., *map(slice, part.shape[1:]))
            np.copyto(target[there], part)

    return [partial(task, image, group) for image in range(g.images) for group in range(g.group)]


def _framed(g: Geometry, p: Plan) -> Sizes:
    """The size of dy with zeros around it, as far as tiles see."""
    return tuple(n + 2 * (m - 1) for n, m in zip(g.out, p.across))


def _within(g: Geometry, p: Plan) -> Index:
    return (..., *(slice(m - 1, m - 1 + n) for n, m in zip(g.out, p.across)))


def _by_row(g: Geometry, w: NDArray, p: Plan) -> NDArray:
    """w (G, M, C, kernel...) as (G, M windows, C cells of a tile), each window's turned round."""
    axes, stride = len(g.out), g.window.stride
    sizes = [n for pair in zip(p.across, stride) for n in pair]
    padded = scratch.buffer(
        PART, (*w.shape[:3], *(m * s for m, s in zip(p.across, stride))), w.dtype
    )
    padded.fill(0)
    inside: Index = (..., *map(slice, g.window.kernel))
    padded[inside] = w
    split = padded.reshape(*w.shape[:3], *sizes)
    backwards: Index = (..., *[slice(None, None, -1), slice(None)] * axes)
    order = (0, 1, *range(3, 3 + 2 * axes, 2), 2, *range(4, 4 + 2 * axes, 2))
    turned = split[backwards].transpose(order)
    weights = scratch.buffer(TURNED, turned.shape, w.dtype)
    np.copyto(weights, turned)
    return weights.reshape(g.group, g.outputs * prod(p.across), g.channels * prod(stride))


def _by_cell(g: Geometry, w: NDArray, p: Plan) -> NDArray:
    """w (G, 1, kernel...) as (G, cells of a tile, windows), each window's turned round."""
    axes, stride = len(g.out), g.window.stride
    sizes = [n for pair in zip(p.across, stride) for n in pair]
    padded = scratch.buffer(PART, (g.group, *(m * s for m, s in zip(p.across, stride))), w.dtype)
    padded.fill(0)
    padded[(slice(None), *map(slice, g.window.kernel))] = w[:, 0]
    split = padded.reshape(g.group, *sizes)
    backwards: Index = (slice(None), *[slice(None, None, -1), slice(None)] * axes)
    order = (0, *range(2, 2 + 2 * axes, 2), *range(1, 1 + 2 * axes, 2))
    turned = split[backwards].transpose(order)
    weights = scratch.buffer(TURNED, turned.shape, w.dtype)
    np.copyto(weights, turned)
    return weights.reshape(g.group, prod(stride), prod(p.across))
