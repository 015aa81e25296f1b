"""Boxes by their centre and size: how much they overlap, of four kinds, and Darknet's gradients.

A box is (x, y, w, h) along the first axis: arrays (4, ...), which broadcast against each other.

    IOU   I / U, the areas of intersection and union; 0 where boxes are apart
    GIOU  IOU - (C - U) / C, C the area of the smallest box around both
    DIOU  IOU - (s / c)^0.6, s the squared distance of the centres, c the squared diagonal of
          that smallest box
    CIOU  IOU - s / c - a v, v = 4 / pi^2 (atan(w/h of the truth) - atan(w/h))^2,
          a = v / (1 - IOU + v + 1e-6)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS = ("IOU", "GIOU", "DIOU", "CIOU")


class _Sides(NamedTuple):
    left: NDArray
    top: NDArray
    right: NDArray
    bottom: NDArray


def _sides(box: NDArray) -> _Sides:
    x, y, w, h = box
    return _Sides(x - w / 2, y - h / 2, x + w / 2, y + h / 2)


def clipped(box: NDArray) -> NDArray:
    """What of the boxes lies in the image, 0 to 1 on both axes."""
    left, top, right, bottom = (np.clip(side, 0, 1) for side in _sides(box))
    return np.stack([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])


class _Pair:
    """A box and the truth it is held against: sides, intersection, union, smallest box around."""

    def __init__(self, box: NDArray, truth: NDArray) -> None:
        self.box, self.truth = box, truth
        self.a, self.b = a, b = _sides(box), _sides(truth)
        self.width = np.minimum(a.right, b.right) - np.maximum(a.left, b.left)
        self.height = np.minimum(a.bottom, b.bottom) - np.maximum(a.top, b.top)
        self.meet = (self.width > 0) & (self.height > 0)
        self.inner = np.where(self.meet, self.width * self.height, 0)
        self.union = box[2] * box[3] + truth[2] * truth[3] - self.inner

    @property
    def iou(self) -> NDArray:
        return np.divide(self.inner, np.where(self.union > 0, self.union, 1))

    def around(self) -> tuple[NDArray, NDArray]:
        """Width and height of the smallest box around both."""
        a, b = self.a, self.b
        width = np.maximum(a.right, b.right) - np.minimum(a.left, b.left)
        return width, np.maximum(a.bottom, b.bottom) - np.minimum(a.top, b.top)

    def distance(self) -> NDArray:
        """The squared distance of the centres."""
        return (self.truth[0] - self.box[0]) ** 2 + (self.truth[1] - self.box[1]) ** 2

    def shape_term(self) -> tuple[NDArray, NDArray, NDArray]:
        """CIOU's: the difference of the arctangents, v and a."""
        angle = np.arctan2(self.truth[2], self.truth[3]) - np.arctan2(self.box[2], self.box[3])
        v = 4 / np.pi**2 * angle**2
        return angle, v, v / (1 - self.iou + v + 1e-6)


def overlap(box: NDArray, truth: NDArray, kind: str = "IOU") -> NDArray:
    """How much each box overlaps each truth: (4, ...) and (4, ...) -> (...)."""
    pair = _Pair(box, truth)
    if kind == "IOU":
        return pair.iou
    width, height = pair.around()
    if kind == "GIOU":
        outer = width * height
        return pair.iou - (outer - pair.union) / np.where(outer > 0, outer, 1)
    diagonal = width**2 + height**2
    apart = pair.distance() / np.where(diagonal > 0, diagonal, 1)
    if kind == "DIOU":
        return pair.iou - apart**0.6
    _, v, a = pair.shape_term()
    return pair.iou - apart - a * v


def overlap_gradient(box: NDArray, truth: NDArray, kind: str) -> NDArray:
    """The gradient of `overlap` by x, y, w, h as Darknet has it, (4, ...).

    What comes from I, U and C is twice the derivative by w and h.  DIOU's distance counts with
    the power 1; by x and y the growth of c has the wrong sign.  CIOU's a is held fixed, and the
    part of v lacks its divisor w^2 + h^2.  Of boxes apart GIOU has the part of C alone, DIOU and
    CIOU that of the distance, and IOU what the formula of I = width * height gives.
    """
    pair = _Pair(box, truth)
    parts = _side_gradients(pair, kind)
    gradient = np.stack(
        [
            parts.left + parts.right,
            parts.top + parts.bottom,
            parts.right - parts.left,
            parts.bottom - parts.top,
        ]
    )
    if kind in ("DIOU", "CIOU"):
        gradient += _distance_gradient(pair)
    if kind == "CIOU":
        angle, _, a = pair.shape_term()
        turn = 8 / np.pi**2 * a * angle
        gradient[2] += turn * box[3]
        gradient[3] -= turn * box[2]
    return gradient


def _side_gradients(pair: _Pair, kind: str) -> _Sides:
    """The derivatives by the four sides of the box, of what I, U and C are in."""
    a, b, box = pair.a, pair.b, pair.box
    zero = np.zeros_like(pair.inner)
    both = pair.width * pair.height
    u = box[2] * box[3] + pair.truth[2] * pair.truth[3] - both
    inner = _Sides(
        np.where(a.left > b.left, -pair.height, zero),
        np.where(a.top > b.top, -pair.width, zero),
        np.where(a.right < b.right, pair.height, zero),
        np.where(a.bottom < b.bottom, pair.width, zero),
    )
    area = _Sides(-box[3], -box[2], box[3], box[2])
    union = [da - di for da, di in zip(area, inner)]
    safe = np.where(u > 0, u, 1)
    parts = [(u * di - both * du) / safe**2 for di, du in zip(inner, union)]
    parts = [np.where((u > 0) & (pair.meet | (kind == "IOU")), part, 0) for part in parts]
    if kind == "GIOU":
        width, height = pair.around()
        outer = _Sides(
            np.where(a.left < b.left, -height, zero),
            np.where(a.top < b.top, -width, zero),
            np.where(a.right > b.right, height, zero),
            np.where(a.bottom > b.bottom, width, zero),
        )
        c = np.where(width * height > 0, width * height, 1)
        more = [(c * du - u * dc) / c**2 for du, dc in zip(union, outer)]
        parts = [part + extra for part, extra in zip(parts, more)]
    return _Sides(*parts)


def _distance_gradient(pair: _Pair) -> NDArray:
    """That of -s / c."""
    a, b = pair.a, pair.b
    width, height = pair.around()
    s, c = pair.distance(), width**2 + height**2
    right, left = a.right > b.right, a.left < b.left
    below, above = a.bottom > b.bottom, a.top < b.top
    wide, high = 2 * width, 2 * height
    e_x = wide * (right.astype(c.dtype) - left)
    e_y = high * (below.astype(c.dtype) - above)
    e_w = width * (right.astype(c.dtype) + left)
    e_h = height * (below.astype(c.dtype) + above)
    dx, dy = (2 * (pair.truth[i] - pair.box[i]) for i in (0, 1))
    return np.stack([dx * c - e_x * s, dy * c - e_y * s, e_w * s, e_h * s]) / c**2
