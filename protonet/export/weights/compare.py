"""Two files of weights side by side, and a number that stands for what one holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...proto.stored import LayerWeights
from ...proto.weight_file import WeightFile

_PIECE = 1 << 20  # values that are compared at once, in float64


@dataclass(frozen=True)
class Difference:
    """One blob of two files.  what: "same", "values", "shape", "only in A" or "only in B".

    shapes: in A and in B, None where it is not.  largest: of |b - a|; relative: that by the
    largest |a|; equal: how many values are; all None unless shapes are the same.
    """

    layer: str
    blob: int
    what: str
    shapes: tuple[tuple[int, ...] | None, tuple[int, ...] | None]
    largest: float | None = None
    relative: float | None = None
    equal: int | None = None


def compare(a: WeightFile, b: WeightFile, tolerance: float = 0.0) -> list[Difference]:
    """A row for each blob, in the order of `a` and then of `b`.

    Layers go by name; of several of one name the first is with the first.  tolerance: up to
    this relative difference values are the same.  NaN is the same as NaN.
    """
    ours, theirs = _blobs(a), _blobs(b)
    return [
        _difference(key, ours.get(key), theirs.get(key), tolerance)
        for key in dict.fromkeys([*ours, *theirs])
    ]


Key = tuple[str, int, int]  # name, how many of the name came before, number of the blob


def _blobs(file: WeightFile) -> dict[Key, NDArray]:
    return {
        (layer.name, place, i): blob
        for layer, place in _numbered(file)
        for i, blob in enumerate(layer.blobs)
        if blob is not None
    }


def _numbered(file: WeightFile) -> Iterator[tuple[LayerWeights, int]]:
    """Layers with weights, each with how many of its name came before."""
    seen: dict[str, int] = {}
    for layer in file.layers:
        if layer.blobs:
            yield layer, seen.setdefault(layer.name, 0)
            seen[layer.name] += 1


def _difference(key: Key, a: NDArray | None, b: NDArray | None, tolerance: float) -> Difference:
    name, _, index = key
    shapes = (None if a is None else a.shape, None if b is None else b.shape)
    if a is None or b is None:
        return Difference(name, index, "only in B" if a is None else "only in A", shapes)
    if a.shape != b.shape:
        return Difference(name, index, "shape", shapes)
    x, y = a.reshape(-1), b.reshape(-1)
    largest = size = 0.0
    equal = 0
    for start in range(0, x.size, _PIECE):
        piece = slice(start, start + _PIECE)
        gap, magnitude, same = _apart(x[piece], y[piece])
        largest, size, equal = max(largest, gap), max(size, magnitude), equal + same
    relative = largest / size if size else (0.0 if not largest else float("inf"))
    what = "same" if equal == x.size or relative <= tolerance else "values"
    return Difference(name, index, what, shapes, largest, relative, equal)


def _apart(a: NDArray, b: NDArray) -> tuple[float, float, int]:
    """The largest |b - a|, the largest |a| that is finite, and how many values are the same."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    same = (x == y) | (np.isnan(x) & np.isnan(y))
    with np.errstate(all="ignore"):
        gap = np.where(same, 0, np.abs(y - x))
    gap[np.isnan(gap)] = np.inf
    return float(gap.max()), float(np.abs(x[np.isfinite(x)]).max(initial=0)), int(same.sum())


def content_hash(file: WeightFile) -> str:
    """SHA-256 of names, shapes and values, whatever the form of the file, the order of its
    layers and the precision in which it holds the same numbers."""
    digest = hashlib.sha256()
    for layer, place in sorted(_numbered(file), key=lambda found: (found[0].name, found[1])):
        for i, blob in enumerate(layer.blobs):
            if blob is not None:
                digest.update(f"{layer.name}\0{place}\0{i}\0{blob.shape}\0".encode())
                digest.update(np.ascontiguousarray(blob, "<f8").data)
    return digest.hexdigest()
