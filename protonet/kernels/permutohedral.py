"""Gaussian filters of many dimensions, on the permutohedral lattice (Adams, Baek, Davis 2010).

Points with d features are placed in a lattice whose cells are simplices of d + 1 corners.  Each
spreads its values over the corners of its cell (splat), the corners blur with their neighbours
along d + 1 directions, and the points gather what the corners hold (slice): much like a blur by
exp(-|f|^2 / 2) of the features, but not equal to it.

Where the corners lie is worked out in float32 whatever the values are, as in DenseCRF's code:
which corners exist decides what the blur sees.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Real = np.float32


class Lattice:
    """The corners that n points occupy, and how much of each point belongs to which.

    corner (d + 1, n): the corners of a point's cell, as numbers 0 .. count - 1; weight (d + 1, n).
    neighbours (d + 1, 2, count): along each direction; `count` where there is none.
    """

    def __init__(self, features: NDArray) -> None:
        """features (d, n).  ValueError if they spread too far to number the corners."""
        d = len(features)
        position, rank, weight = _cells(_lifted(features.astype(_Real)))
        shifts = np.arange(d + 1)[:, None, None]
        keys = position[:d] + shifts - (rank[:d] > d - shifts) * (d + 1)
        numbers = _Numbering(keys)
        codes, self.corner = np.unique(numbers.of(keys), return_inverse=True)
        self.corner = self.corner.reshape(d + 1, -1)
        self.weight = weight
        self.count = len(codes)
        self.neighbours = np.stack(
            [
                [_find(codes, codes + numbers.step(_direction(j, d, sign))) for sign in (-1, 1)]
                for j in range(d + 1)
            ]
        )

    def filter(self, values: NDArray, reverse: bool = False) -> NDArray:
        """values (C, n) blurred, (C, n); reverse: the transposed filter, which takes the
        directions in reverse order."""
        held = np.zeros((len(values), self.count + 1), values.dtype)  # the last: no corner
        corner = self.corner.reshape(-1)
        for into, row in zip(held, values):
            shares = (self.weight * row).reshape(-1)
            into[:-1] = np.bincount(corner, shares, self.count)
        directions = reversed(self.neighbours) if reverse else iter(self.neighbours)
        for before, after in directions:
            held[:, :-1] += (held[:, before] + held[:, after]) / 2
        out = np.zeros_like(values)
        for corners, weight in zip(self.corner, self.weight):
            out += held[:, corners] * weight.astype(values.dtype)
        out /= 1 + 2.0 ** -len(self.neighbours[1:])
        return out


def _lifted(features: NDArray) -> NDArray:
    """The points in the plane where coordinates add up to 0, e (d + 1, n)."""
    d = len(features)
    i = np.arange(d, dtype=_Real)
    scale = _Real(np.sqrt(2 / 3) * (d + 1)) / np.sqrt((i + 1) * (i + 2))
    scaled = features * scale[:, None].astype(_Real)
    e = np.zeros((d + 1, features.shape[1]), _Real)
    for j in range(d, 0, -1):
        e[j] = e[0] - j * scaled[j - 1]
        e[0] += scaled[j - 1]
    return e


def _cells(e: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """The cell of each point: its corner of remainder 0 (d + 1, n), the rank of each coordinate
    by its distance from there (d + 1, n), and the barycentric weights (d + 1, n)."""
    size, n = e.shape
    nearest = np.rint(e * _Real(1 / size))
    position = nearest.astype(np.int64) * size
    away = e - position.astype(_Real)
    rank = np.zeros((size, n), np.int64)
    for i in range(size):
        for k in range(i + 1, size):
            less = away[i] < away[k]
            rank[i] += less
            rank[k] += ~less
    rank += nearest.sum(0).astype(np.int64)
    over = (rank < 0).astype(np.int64) - (rank >= size)
    rank += over * size
    position += over * size
    t = (e - position.astype(_Real)) * _Real(1 / size)
    weight = np.zeros((size + 1, n), _Real)
    points = np.arange(n)
    for i in range(size):
        weight[size - 1 - rank[i], points] += t[i]
        weight[size - rank[i], points] -= t[i]
    weight[0] += 1 + weight[size]
    return position, rank, weight[:size]


def _direction(j: int, d: int, sign: int) -> list[int]:
    """The step to a neighbour along direction j, in the d coordinates of a key."""
    return [sign * (-d if i == j else 1) for i in range(d)]


class _Numbering:
    """One whole number for each key and its neighbours."""

    def __init__(self, keys: NDArray) -> None:
        """keys (.., d, n)"""
        d = keys.shape[-2]
        axes = tuple(i for i in range(keys.ndim) if i != keys.ndim - 2)
        self._low = keys.min(axis=axes, initial=0) - d
        spans = (keys.max(axis=axes, initial=0) + d - self._low + 1).tolist()
        self._factors = [1]
        for span in spans[:0:-1]:
            self._factors.insert(0, self._factors[0] * int(span))
        if self._factors[0] * int(spans[0]) >= 2**62:
            raise ValueError("the features spread over too many cells")

    def of(self, keys: NDArray) -> NDArray:
        found: NDArray = np.einsum(
            "...dn,d->...n", keys - self._low[:, None], np.array(self._factors)
        )
        return found

    def step(self, move: Sequence[int]) -> int:
        return sum(m * factor for m, factor in zip(move, self._factors))


def _find(codes: NDArray, wanted: NDArray) -> NDArray:
    """Where each wanted number stands in the sorted codes; their count where it does not."""
    at = np.searchsorted(codes, wanted)
    found = codes[np.minimum(at, len(codes) - 1)] == wanted
    return np.where(found, at, len(codes))
