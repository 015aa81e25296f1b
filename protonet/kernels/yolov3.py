"""The differences that YOLO v3 learns by: how far a grid of boxes is from the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .centred_boxes import overlap, overlap_gradient
from .grid import CLASSES, OBJECT, H, Truths, W, X, Y, boxes


@dataclass(frozen=True)
class Settings:
    """anchors (all, 2) in pixels, of which `mask` (A) names those of this grid.  cell: pixels of
    one.  loss: "MSE" or a kind of overlap.  The rest as in Yolov3Parameter."""

    anchors: NDArray
    mask: NDArray
    cell: int
    loss: str
    thresh: float
    iou_thresh: float
    iou_normalizer: float
    max_delta: float
    accumulate: bool
    coord_scale: float
    class_scale: float
    object_scale: float
    smoothing: float
    focal: bool

    @property
    def kind(self) -> str:
        """What overlap of boxes means when truths are handed out."""
        return "IOU" if self.loss == "MSE" else self.loss


def differences(
    v: NDArray, truths: Truths, settings: Settings, room: NDArray, diff: NDArray
) -> float:
    """Write diff, shaped as v (N, A, 5 + K, H, W), an activated grid.  room (4, N, A, H, W).

    Returns the mean of 1 - overlap over all boxes a truth was given to, 0 without any.
    """
    height, width = v.shape[3:]
    image = (width * settings.cell, height * settings.cell)
    predicted = boxes(v, settings.anchors[settings.mask], image, room)
    diff.fill(0)
    np.copyto(diff[:, :, OBJECT], v[:, :, OBJECT])
    for item in range(len(v)):
        box = truths.box[:, truths.item == item]
        if box.shape[1]:
            iou = overlap(predicted[:, item, ..., None], box[:, None, None, None], settings.kind)
            diff[item, :, OBJECT][iou.max(axis=-1) > settings.thresh] = 0
    truth, anchor = _assignments(truths, settings, image)
    if not len(truth):
        return 0.0
    given = Truths(*(part[..., truth] for part in truths))
    at = (given.item, anchor, slice(None), given.row, given.column)
    values = v[at]
    if settings.loss == "MSE":
        _learn_places(values, given, settings, anchor, image, diff, at)
        error = 0.0
    else:
        found = predicted[:, given.item, anchor, given.row, given.column]
        _learn_overlap(values, found, given, settings, diff, at)
        kind = "DIOU" if settings.loss == "IOU" else settings.loss
        error = float(1 - overlap(found, given.box, kind).mean())
    diff[given.item, anchor, OBJECT, given.row, given.column] = -settings.object_scale * (
        1 - values[:, OBJECT]
    )
    _learn_classes(values, given, settings, diff, at)
    return error


def _assignments(
    truths: Truths, settings: Settings, image: tuple[int, int]
) -> tuple[NDArray, NDArray]:
    """Which truths go to the boxes of which of the grid's anchors, (P) and (P), in order.

    A truth goes to the anchor of all that overlaps it most, if that is one of the grid's.  It
    also goes to each of the grid's that overlaps it by more than iou_thresh; what is left out
    there is the anchor whose number is the *place in the mask* of the best one, as in the fork.
    """
    size = np.zeros((4, len(settings.anchors), len(truths.item)), truths.box.dtype)
    size[2:] = (settings.anchors / image).T[:, :, None]
    there = truths.box.copy()
    there[:2] = 0
    fits = overlap(size, there[:, None], settings.kind)
    best, fit = fits.argmax(axis=0), fits.max(axis=0, initial=0)
    hits = (settings.mask[:, None] == best) & (fit > 0)
    found = hits.any(axis=0)
    skip = np.where(found, hits.argmax(axis=0), np.where(fit > 0, best, -1))
    also = np.zeros_like(hits)
    if settings.iou_thresh < 1:
        also = (fits[settings.mask] > settings.iou_thresh) & (settings.mask[:, None] != skip)
    first = np.arange(len(settings.mask))[:, None] == np.where(found, hits.argmax(axis=0), -1)
    truth, _, anchor = np.nonzero(np.stack([first, also]).transpose(2, 0, 1))
    return truth, anchor


def _learn_places(
    values: NDArray,
    truths: Truths,
    settings: Settings,
    anchor: NDArray,
    image: tuple[int, int],
    diff: NDArray,
    at: tuple,
) -> None:
    """The squared error of x, y, w, h; a later truth overwrites an earlier one."""
    size = truths.box[2:].T
    c = settings.coord_scale * (2 - size.prod(axis=1, keepdims=True))
    aim = np.log(size * image / settings.anchors[settings.mask[anchor]])
    part = diff[at]
    part[:, X : Y + 1] = -c * (truths.place.T - values[:, X : Y + 1])
    part[:, W : H + 1] = -c * (aim - values[:, W : H + 1])
    diff[at] = part


def _learn_overlap(
    values: NDArray,
    found: NDArray,
    truths: Truths,
    settings: Settings,
    diff: NDArray,
    at: tuple,
) -> None:
    """The gradient of the overlap, added up where several truths go to one box."""
    gradient = overlap_gradient(found, truths.box, settings.loss)
    gradient[2:] *= np.exp(values[:, W : H + 1]).T
    gradient *= settings.iou_normalizer
    np.clip(gradient, -settings.max_delta, settings.max_delta, out=gradient)
    item, anchor, _, row, column = at
    places, where = diff[:, :, : H + 1].transpose(0, 1, 3, 4, 2), (item, anchor, row, column)
    if settings.accumulate:
        np.subtract.at(places, where, gradient.T)
    else:
        places[where] = -gradient.T


def _learn_classes(
    values: NDArray, truths: Truths, settings: Settings, diff: NDArray, at: tuple
) -> None:
    """Truth by truth: a box that learns another class already only learns this one besides."""
    item, anchor, _, row, column = at
    for i, label in enumerate(truths.label):
        p = values[i, CLASSES:]
        wanted = np.zeros_like(p)
        if not settings.focal:
            wanted += settings.smoothing / 2
            wanted[label] = 1 - settings.smoothing / 2
        else:
            wanted[label] = 1
        change = -settings.class_scale * (wanted - p)
        if settings.focal:
            q = float(p[label]) + 1e-15
            change *= -0.5 * (1 - q) * (2 * q * np.log(q) + q - 1)
        cells = diff[item[i], anchor[i], CLASSES:, row[i], column[i]]
        if cells[label] != 0:
            cells[label] = change[label]
        else:
            cells[...] = change
