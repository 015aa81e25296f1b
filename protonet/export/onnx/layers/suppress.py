"""Suppression of boxes that overlap better ones, by ONNX's NonMaxSuppression.

The operator may order equal scores as it likes, and what it selects as well.  So boxes come
best first, it sees their ranks in place of scores, and what it has selected becomes a mask.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..op import Op, Operand

#: What stands for the score of what does not count.
LOWEST = float(np.finfo(np.float32).min)


def suppressed(op: Op, boxes: str, ranks: str, count: Operand, overlap: float) -> str:
    """Greedy suppression: boxes (B, K, 4), ranks (B, 1, K), the highest first, 0 for what does
    not take part -> (B, K), 1 where a box stays.  count: how many may stay."""
    found = op.node("NonMaxSuppression", boxes, ranks, count, [float(overlap)], [0.0])
    places = op.node("Gather", found, [0, 2], axis=1)
    ones = op.node("Expand", 1.0, op.node("Slice", op.node("Shape", places), [0], [1]))
    zeros = op.node("Mul", op.squeeze(ranks, [1]), 0.0)
    return op.node("ScatterND", zeros, places, ones)


def kept(op: Op, boxes: str, takes_part: str | None, count: Operand, overlap: float) -> str:
    """Greedy suppression of boxes (M, 4), the best first -> indices (K) that stay, rising.

    takes_part: booleans (M), None for all.
    """
    size = op.squeeze(op.node("Slice", op.node("Shape", boxes), [0], [1]), [0])
    ranks = op.cast(op.node("Range", size, 0, -1), "FLOAT")
    if takes_part is not None:
        ranks = op.node("Where", takes_part, ranks, 0.0)
    mask = suppressed(op, op.unsqueeze(boxes, [0]), op.unsqueeze(ranks, [0, 1]), count, overlap)
    return op.node("Reshape", op.node("NonZero", op.squeeze(mask, [0])), [-1])


def best_first(op: Op, scores: str, count: Operand) -> list[str]:
    """The `count` (or all) largest scores (M) and their indices; of equal ones the first."""
    size = op.node("Shape", scores)
    return op.nodes("TopK", 2, scores, op.node("Min", size, count), axis=0)


def reached(overlap: float) -> float:
    """The threshold that is passed by what reaches `overlap`, where the operator wants more."""
    return float(np.nextafter(np.float32(overlap), np.float32(-1)))


def rows_or_none(op: Op, columns: Sequence[str], items: str) -> str:
    """Columns (R, k) side by side as (1, 1, R, 7); without any row N of them: i, -1, -1 ...

    items: int64 (1), the number N of images.
    """
    found = op.node("Concat", *columns, axis=1)
    count = op.node("Slice", op.node("Shape", found), [0], [1])
    none = op.cast(op.node("Equal", count, [0]), "INT64")
    item = op.node("Range", 0, op.squeeze(op.node("Mul", none, items), [0]), 1)
    empty = op.pad(op.unsqueeze(op.cast(item, "FLOAT"), [1]), [0, 0, 0, 6], -1.0)
    return op.node("Reshape", op.node("Concat", found, empty, axis=0), [1, 1, -1, 7])
