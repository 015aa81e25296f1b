"""YOLO's grids: A boxes a cell, each with x, y, w, h, objectness and the scores of K classes.

A grid is seen as (N, A, 5 + K, H, W); boxes are (4, ...): centre x, y and size w, h in
fractions of the image.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .elementwise import sigmoid
from .softmax import softmax

#: What stands where in the third axis of a grid; the classes follow.
X, Y, W, H, OBJECT, CLASSES = range(6)


def activate(x: NDArray, v: NDArray, *, exclusive: bool) -> None:
    """v = logistic(x), but w and h stay as they are; exclusive: softmax over the classes."""
    for source, out in zip(x, v):
        for box, values in zip(source, out):
            sigmoid(box, out=values)
            np.copyto(values[W : H + 1], box[W : H + 1])
            if exclusive:
                scores, probabilities = box[CLASSES:], values[CLASSES:]
                softmax(
                    scores.reshape(1, len(scores), -1),
                    out=probabilities.reshape(1, len(scores), -1),
                )


def boxes(v: NDArray, anchors: NDArray, image: tuple[float, float], out: NDArray) -> NDArray:
    """out (4, N, A, H, W): x = (column + v_x) / W, w = exp(v_w) anchor_w / image_w; y and h
    likewise.  anchors (A, 2): width and height in the unit of `image`, the image's own."""
    _, _, _, height, width = v.shape
    np.add(v[:, :, X], np.arange(width, dtype=v.dtype), out=out[0])
    out[0] /= width
    np.add(v[:, :, Y], np.arange(height, dtype=v.dtype)[:, None], out=out[1])
    out[1] /= height
    for i, size in enumerate(image):
        np.exp(v[:, :, W + i], out=out[2 + i])
        out[2 + i] *= (anchors[:, i] / size).astype(v.dtype)[:, None, None]
    return out


class Truths(NamedTuple):
    """The boxes of a batch, one after the other, T in all.

    item, label, column, row (T): whose image, which class, which cell its centre is in.
    box (4, T): x, y, w, h.  place (T): x and y as fractions of the cell, in `place` (2, T).
    """

    item: NDArray
    label: NDArray
    column: NDArray
    row: NDArray
    box: NDArray
    place: NDArray


def truths(rows: NDArray, height: int, width: int) -> Truths:
    """Of rows (N, R, 5): class, x, y, w, h; an image's end before the first whose x is 0."""
    used = np.logical_and.accumulate(rows[:, :, 1] != 0, axis=1)
    return placed(np.nonzero(used)[0], rows[used], height, width)


def placed(item: NDArray, rows: NDArray, height: int, width: int) -> Truths:
    """Of rows (T, 5), class, x, y, w, h, of the images `item` (T)."""
    box = rows[:, 1:].T
    centre = box[:2] * np.array([[width], [height]], rows.dtype)
    cell = np.trunc(centre)
    column, row = cell.astype(np.intp)
    return Truths(item, rows[:, 0].astype(np.intp), column, row, box, centre - cell)


class Found(NamedTuple):
    """Boxes of a grid that may show something, in the order item, cell, anchor; M in all.

    item, anchor (M).  box (4, M): centre and size.  values (M, 5 + K): activated.
    """

    item: NDArray
    anchor: NDArray
    box: NDArray
    values: NDArray


def found(
    x: NDArray, least: float, anchors: NDArray, image: tuple[float, float], *, exclusive: bool
) -> Found:
    """The boxes of x (N, A, 5 + K, H, W), not activated, whose objectness is at least `least`;
    anchors, image: see `boxes`; exclusive: see `activate`."""
    height, width = x.shape[3:]
    scores = np.ascontiguousarray(x[:, :, OBJECT].transpose(0, 2, 3, 1))
    item, row, column, anchor = np.nonzero(~(sigmoid(scores, out=scores) < least))
    values = x[item, anchor, :, row, column]
    logistic = values[:, : OBJECT + 1] if exclusive else values
    size = np.exp(values[:, W : H + 1]) * (anchors[anchor] / image).astype(x.dtype)
    logistic[...] = sigmoid(np.ascontiguousarray(logistic), out=np.empty_like(logistic))
    if exclusive:
        classes = np.ascontiguousarray(values[:, CLASSES:])[:, :, None]
        values[:, CLASSES:] = softmax(classes, out=classes)[:, :, 0]
    box = np.stack(
        [(column + values[:, X]) / width, (row + values[:, Y]) / height, size[:, 0], size[:, 1]]
    )
    return Found(item, anchor, box.astype(x.dtype), values)
