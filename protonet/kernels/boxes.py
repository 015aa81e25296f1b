"""Boxes: how much they overlap, how they are written relative to others, which of many stay.

A box is a row x1, y1, x2, y2: in fractions of the image or in pixels.  In fractions it is
x2 - x1 wide.  With `plus_one` the corners are pixels that belong to it, and it is
x2 - x1 + 1 wide.  A box whose second corner lies before its first has no area and overlaps nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import threads
from .scratch import buffer

#: Candidates of a suppression that are held against each other at once.
BLOCK = 192
#: Values in a piece of a matrix of overlaps: its few buffers stay in the cache.
PIECE = 1 << 15
#: Smallest normal float32: stands in for an area of 0 in a divisor.
TINY = 1.17549435e-38
#: Ways to write a box relative to a prior box, as in PriorBoxParameter.CodeType.
CODES = ("CORNER", "CENTER_SIZE", "CORNER_SIZE")


def areas(boxes: NDArray, plus_one: bool = False) -> NDArray:
    """boxes (..., 4) -> (...)"""
    sides = boxes[..., 2:] - boxes[..., :2]
    if plus_one:
        sides += 1
    np.maximum(sides, 0, out=sides)
    return sides[..., 0] * sides[..., 1]


def overlaps(a: NDArray, b: NDArray, plus_one: bool = False) -> NDArray:
    """Intersection over union of each box of a (N, 4) with each of b (M, 4) -> (N, M).

    Also called Jaccard overlap or IoU.  0 where they only touch (without `plus_one`).
    """
    return _overlaps(_Columns(a, plus_one), _Columns(b, plus_one), plus_one)


def _overlaps(a: _Columns, b: _Columns, plus_one: bool) -> NDArray:
    out = _intersections(a, b, plus_one, np.empty((len(a), len(b)), a.area.dtype))
    out /= np.maximum(_unions(a, b, out), TINY)
    return out


def covered(a: NDArray, b: NDArray) -> NDArray:
    """The fraction of each box of a (N, 4) that lies in each of b (M, 4) -> (N, M)."""
    out = np.empty((len(a), len(b)), a.dtype)
    columns = _Columns(a, False)
    _intersections(columns, _Columns(b, False), False, out)
    out /= np.maximum(columns.area, TINY)[:, None]
    return out


class _Columns:
    """Boxes as contiguous columns `sides` (4, N), with their `area` (N)."""

    def __init__(self, boxes: NDArray, plus_one: bool) -> None:
        self.sides = np.ascontiguousarray(boxes.T)
        self.area = areas(boxes, plus_one)

    def __len__(self) -> int:
        return len(self.area)

    def take(self, index: NDArray | slice) -> _Columns:
        part = object.__new__(_Columns)
        part.sides, part.area = self.sides[:, index], self.area[index]
        return part


def _intersections(a: _Columns, b: _Columns, plus_one: bool, out: NDArray) -> NDArray:
    """Areas of the intersections of all a with all b."""
    low = buffer("boxes.low", out.shape, out.dtype)
    height = buffer("boxes.height", out.shape, out.dtype)
    zero = buffer("boxes.zero", out.shape, out.dtype)
    zero.fill(0)  # an array: with a plain 0 NumPy's maximum is five times slower
    for axis, side in ((0, out), (1, height)):
        np.minimum(a.sides[axis + 2, :, None], b.sides[axis + 2], out=side)
        side -= np.maximum(a.sides[axis, :, None], b.sides[axis], out=low)
        if plus_one:
            side += 1
        np.maximum(side, zero, out=side)
    return np.multiply(out, height, out=out)


def _unions(a: _Columns, b: _Columns, inter: NDArray) -> NDArray:
    """Areas of the unions of all a with all b, given those of their intersections."""
    union = np.add(a.area[:, None], b.area, out=buffer("boxes.low", inter.shape, inter.dtype))
    union -= inter
    return union


# -- suppression ---------------------------------------------------------------------------


def by_score(scores: NDArray, top_k: int | None = None) -> NDArray:
    """Indices of the `top_k` (None: all) largest of scores (N), falling; equal ones keep their
    order."""
    if top_k is None or top_k >= len(scores):
        return np.argsort(-scores, kind="stable")
    if top_k <= 0:
        return np.zeros(0, np.intp)
    least = np.partition(scores, len(scores) - top_k)[len(scores) - top_k]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: top_k - len(above)]
    return np.concatenate([above[np.argsort(-scores[above], kind="stable")], equal])


def nms(
    boxes: NDArray,
    threshold: float,
    *,
    eta: float = 1.0,
    top_k: int | None = None,
    plus_one: bool = False,
    keep_equal: bool = True,
) -> NDArray:
    """Greedy non-maximum suppression of boxes (N, 4), the best first -> indices that stay.

    In turn, a box stays if its overlap with none that stayed is above `threshold`, or is as
    large if not `keep_equal`.  It ends when `top_k` (None: all) stay.  eta below 1: after each
    box that stays the threshold is multiplied by it, as long as it is above 0.5.
    """
    limit = len(boxes) if top_k is None else min(top_k, len(boxes))
    if 4 * limit < len(boxes):
        # Who stays among the first does not depend on the others, and they are often enough.
        rules: Any = {"eta": eta, "plus_one": plus_one, "keep_equal": keep_equal}
        kept_first = nms(boxes[: len(boxes) // 2], threshold, top_k=limit, **rules)
        if len(kept_first) == limit:
            return kept_first
    columns = _Columns(boxes, plus_one)
    if eta < 1 and threshold > 0.5:
        return _adaptive_nms(columns, threshold, eta, limit, plus_one, keep_equal)
    compare = np.greater if keep_equal else np.greater_equal

    def suppresses(a: _Columns, b: _Columns) -> NDArray:
        out = buffer("boxes.overlaps", (len(a), len(b)), boxes.dtype)
        _intersections(a, b, plus_one, out)
        with np.errstate(invalid="ignore"):  # 0 / 0 is no number, and suppresses nothing
            out /= _unions(a, b, out)
            return compare(out, boxes.dtype.type(threshold))

    kept, count, alive = [np.zeros(0, np.intp)], 0, np.arange(len(boxes))
    while len(alive) and count < limit:
        block, alive = alive[:BLOCK], alive[BLOCK:]
        first = columns.take(block)
        stays = _greedy(suppresses(first, first))
        kept.append(block[stays])
        count += len(stays)
        if len(alive) and count < limit:
            alive = alive[~_any_suppresses(first.take(stays), columns.take(alive), suppresses)]
    return np.concatenate(kept)[:limit]


def _any_suppresses(
    a: _Columns, b: _Columns, suppresses: Callable[[_Columns, _Columns], NDArray]
) -> NDArray:
    """For each box of b, whether a box of a removes it."""
    found = np.empty(len(b), bool)

    def piece(start: int, stop: int) -> None:
        hits = suppresses(a, b.take(slice(start, stop)))
        np.logical_or.reduce(hits, axis=0, out=found[start:stop])

    # What is little work is not worth waiting for another thread.
    chunk = PIECE // len(a)
    threads.for_chunks(len(b), chunk if len(b) > 8 * chunk else len(b), piece)
    return found


def _greedy(suppresses: NDArray) -> NDArray:
    """suppresses (N, N): row i tells whom i removes, if it stays itself -> those that stay.

    A row becomes one number, a bit for each box: then a step is two operations on numbers.
    """
    rows = np.packbits(suppresses, axis=1, bitorder="little")
    width, data = rows.shape[1], rows.tobytes()
    gone, stays = 0, []
    for i in range(len(rows)):
        if not gone >> i & 1:
            stays.append(i)
            gone |= int.from_bytes(data[i * width : (i + 1) * width], "little")
    return np.array(stays, np.intp)


def _adaptive_nms(
    boxes: _Columns, threshold: float, eta: float, limit: int, plus_one: bool, keep_equal: bool
) -> NDArray:
    """`nms` with a threshold that falls: each box's largest overlap with those that stay so far
    has to be known, as what was allowed once may not be any more."""
    largest = np.zeros((1, len(boxes)), boxes.area.dtype)
    kept: list[int] = []
    for i in range(len(boxes)):
        if len(kept) >= limit:
            break
        if largest[0, i] > threshold or (largest[0, i] == threshold and not keep_equal):
            continue
        kept.append(i)
        rest = slice(i + 1, None)
        more = _overlaps(boxes.take(slice(i, i + 1)), boxes.take(rest), plus_one)
        np.maximum(largest[:, rest], more, out=largest[:, rest])
        if threshold > 0.5:
            threshold *= eta
    return np.array(kept, np.intp)


# -- boxes relative to priors ----------------------------------------------------------------


def decode(priors: NDArray, variances: ArrayLike, codes: NDArray, code: str) -> NDArray:
    """The boxes that `codes` l mean, seen from their priors p; all (..., 4), and broadcast.

    v = variances (1: the codes are multiplied by them already); pw, ph: the prior's sides.

        CORNER       side_k = p_k + v_k l_k
        CORNER_SIZE  x1 = p.x1 + v_0 l_0 pw,  y1 = p.y1 + v_1 l_1 ph,  x2, y2 likewise
        CENTER_SIZE  centre = the prior's + v l * its sides,  sides = exp(v l) * the prior's
    """
    axes = codes.ndim
    corners = _columns(priors, axes)
    low, high = corners[:2], corners[2:]
    factor = np.broadcast_to(np.asarray(variances, codes.dtype), priors.shape)
    scaled = _columns(codes, axes) * _columns(factor, axes)
    first, second = scaled[:2], scaled[2:]
    if code == "CENTER_SIZE":
        first *= high - low
        first += (low + high) / 2
        np.exp(second, out=second)
        second *= (high - low) / 2
        first, second = first - second, first + second
    else:
        if code == "CORNER_SIZE":
            first *= high - low
            second *= high - low
        first += low
        second += high
    return np.moveaxis(np.concatenate([first, second]), 0, -1)


def _columns(boxes: NDArray, axes: int) -> NDArray:
    """(..., 4) of up to so many axes -> (4, ...), contiguous: each step is a pass over memory."""
    boxes = boxes.reshape((1,) * (axes - boxes.ndim) + boxes.shape)
    return np.ascontiguousarray(np.moveaxis(boxes, -1, 0))


def encode(priors: NDArray, variances: ArrayLike, boxes: NDArray, code: str) -> NDArray:
    """The codes that mean `boxes`, seen from `priors`: the inverse of `decode`; all (..., 4).

    CENTER_SIZE and CORNER_SIZE divide by the priors' sides, CENTER_SIZE takes logarithms of the
    boxes': none may be 0.
    """
    if code == "CORNER":
        return (boxes - priors) / variances
    size = priors[..., 2:] - priors[..., :2]
    if code == "CORNER_SIZE":
        return (boxes - priors) / np.concatenate([size, size], axis=-1) / variances
    shift = (boxes[..., :2] + boxes[..., 2:] - priors[..., :2] - priors[..., 2:]) / 2
    stretch = (boxes[..., 2:] - boxes[..., :2]) / size
    return np.concatenate([shift / size, np.log(stretch)], axis=-1) / variances
