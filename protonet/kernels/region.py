"""The differences that YOLO v2 learns by: how far a grid of boxes is from the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .centred_boxes import clipped, overlap
from .grid import CLASSES, OBJECT, H, Truths, W, X, Y, boxes


@dataclass(frozen=True)
class Settings:
    """anchors (A, 2) in cells.  match_anchors: compare a truth's size with the anchors', else
    with the predicted boxes'.  rescore: an object's score aims at its IoU, else at 1.  by_size:
    small truths weigh more.  clip: only what lies in the image counts.  draw: weight with which
    every box is drawn to its anchor.  gentle: sizes that are wrong by more than 1 (in their
    logarithm) pull no harder, and scores that are nearly right hardly any more."""

    anchors: NDArray
    thresh: float
    match_anchors: bool
    rescore: bool
    by_size: bool
    clip: bool
    draw: float
    gentle: bool
    object_scale: float
    noobject_scale: float
    class_scale: float
    coord_scale: float

    def iou(self, a: NDArray, b: NDArray) -> NDArray:
        return overlap(clipped(a), clipped(b)) if self.clip else overlap(a, b)


def differences(
    v: NDArray, truths: Truths, settings: Settings, predicted: NDArray, diff: NDArray
) -> None:
    """Write diff, shaped as v (N, A, 5 + K, S, S), an activated grid whose classes are
    probabilities.  predicted (4, N, A, S, S): room for the boxes."""
    side = v.shape[-1]
    boxes(v, settings.anchors, (side, side), predicted)
    diff.fill(0)
    if settings.draw:
        for k, aim in ((X, 0.5), (Y, 0.5)):
            s = v[:, :, k]
            diff[:, :, k] = settings.draw * (s - aim) * s * (1 - s)
        np.multiply(v[:, :, W : H + 1], settings.draw, out=diff[:, :, W : H + 1])
    score = v[:, :, OBJECT]
    diff[:, :, OBJECT] = settings.noobject_scale * score * score * (1 - score)
    for item in range(len(v)):
        box = truths.box[:, truths.item == item]
        if box.shape[1]:
            iou = settings.iou(predicted[:, item, ..., None], box[:, None, None, None])
            diff[item, :, OBJECT][iou.max(axis=-1) > settings.thresh] = 0
    if len(truths.item):
        _assign(v, truths, settings, predicted, diff)


def _assign(v: NDArray, truths: Truths, settings: Settings, boxes: NDArray, diff: NDArray) -> None:
    """Each truth to one box, all at once: of equal places NumPy writes the last."""
    item, row, column = truths.item, truths.row, truths.column
    side = v.shape[-1]
    anchor = _best(truths, settings, boxes, side)
    at = (item, anchor, slice(None), row, column)
    values, change = v[at], diff[at]  # (T, 5 + K)
    size = truths.box[2:].T
    c = settings.coord_scale * (2 - size.prod(axis=1) if settings.by_size else np.ones(len(item)))
    c = c[:, None].astype(v.dtype)
    s = values[:, X : Y + 1]
    change[:, X : Y + 1] = -c * (truths.place.T - s) * s * (1 - s)
    short = np.log(size * side / settings.anchors[anchor]) - values[:, W : H + 1]
    change[:, W : H + 1] = -c * (np.clip(short, -1, 1) if settings.gentle else short)
    score, wanted = values[:, OBJECT], np.ones(len(item))
    if settings.rescore:
        wanted = settings.iou(boxes[:, item, anchor, row, column], truths.box)
    missing = 2 * (1 - score) ** 3 if settings.gentle else wanted - score
    change[:, OBJECT] = -settings.object_scale * missing * score * (1 - score)
    change[:, CLASSES:] = settings.class_scale * values[:, CLASSES:]
    change[np.arange(len(item)), CLASSES + truths.label] -= settings.class_scale
    diff[at] = change


def _best(truths: Truths, settings: Settings, boxes: NDArray, side: int) -> NDArray:
    """Which box of its cell fits each truth best by size, (T); the first of equal ones."""
    if settings.match_anchors:
        size = settings.anchors.T[:, :, None] / side
    else:
        size = boxes[2:, truths.item, :, truths.row, truths.column].transpose(1, 2, 0)
    size = np.broadcast_to(size, (2, size.shape[1], len(truths.item)))
    there = truths.box.copy()
    there[:2] = 0
    return settings.iou(np.concatenate([np.zeros_like(size), size]), there[:, None]).argmax(axis=0)
