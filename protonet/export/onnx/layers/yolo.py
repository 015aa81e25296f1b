"""Layers of the YOLO forks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..op import Op
from ..registry import converter
from .suppress import best_first, kept, reached, rows_or_none


@converter("Upsample of yolo-eric612")
def upsample(op: Op) -> str:
    return _repeated(op, op.layer.scale)


@converter("UpsampleDarknet")
def upsample_darknet(op: Op) -> str:
    return _repeated(op, op.param.upsample_darknet_param.stride)


def _repeated(op: Op, scale: int) -> str:
    """Each value scale x scale times, along the last two axes."""
    return op.node(
        "Resize",
        op.bottom[0],
        "",
        [*[1.0] * (len(op.shape()) - 2), float(scale), float(scale)],
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


@converter("Reorg")
def reorg(op: Op) -> str:
    """Cells into channels as Darknet reads the memory, or back."""
    x, new = op.bottom[0], op.top_dims[0]
    op.fixed(op.bottom_dims[0][1:], "the size of its top")
    (_, c, h, w), s = op.shape(), op.layer.stride
    t = c // s**2
    if op.layer.reverse:
        y = op.node("Reshape", x, [-1, s, s, t, h, w])
        y = op.node("Transpose", y, perm=[0, 3, 4, 1, 5, 2])
    else:
        y = op.node("Reshape", x, [-1, t, h, s, w, s])
        y = op.node("Transpose", y, perm=[0, 3, 5, 1, 2, 4])
    return op.node("Reshape", y, [-1, *(int(dim) for dim in new[1:])])


# -- detections -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """Boxes of grids in the order image, cell, anchor, M in all.

    centre, size (M, 2) in fractions of the image; objects (M, 1) activated; classes (M, K) as
    they are.
    """

    centre: str
    size: str
    objects: str
    classes: str

    @classmethod
    def of(cls, op: Op, index: int, sizes: NDArray, classes: int) -> Grid:
        """Of bottom `index` (N, A (5 + K), H, W); sizes (A, 2): of the anchors, in images."""
        height, width = op.fixed(op.bottom_dims[index][2:], "where its cells lie")
        count, each = len(sizes), 5 + classes
        x = op.node("Reshape", op.bottom[index], [-1, count, each, height, width])
        x = op.node("Reshape", op.node("Transpose", x, perm=[0, 3, 4, 1, 2]), [-1, each])
        shift, stretch, objects, scores = op.nodes("Split", 4, x, [2, 2, 1, classes], axis=1)
        cells = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2)
        cells = np.repeat(cells.reshape(1, -1, 2), count, axis=1).astype(np.float32)
        shape = [-1, height * width * count, 2]
        centre = op.node("Reshape", op.node("Sigmoid", shift), shape)
        centre = op.node("Div", op.node("Add", centre, cells), np.array([width, height], "f4"))
        size = op.node("Reshape", op.node("Exp", stretch), shape)
        size = op.node("Mul", size, np.tile(sizes, (height * width, 1))[None])
        centre, size = (op.node("Reshape", each, [-1, 2]) for each in (centre, size))
        return cls(centre, size, op.node("Sigmoid", objects), scores)

    def corners(self, op: Op) -> tuple[str, str]:
        half = op.node("Mul", self.size, 0.5)
        return op.node("Sub", self.centre, half), op.node("Add", self.centre, half)


def _single(op: Op, threshold: float) -> tuple[Grid, str, str, str]:
    """YOLO v2's grid; label (M, 1), score (M, 1) and whether that is enough (M)."""
    layer = op.layer
    side = layer.shape[-1]
    grid = Grid.of(op, 0, layer.anchors / side, layer.classes)
    chances = op.node("Softmax", grid.classes, axis=1)
    label = op.cast(op.node("ArgMax", chances, axis=1, keepdims=1), "FLOAT")
    score = op.node("Mul", grid.objects, op.reduce("ReduceMax", chances, [1]))
    # The score is below the objectness: it alone tells.
    low = op.node("Less", op.node("Reshape", score, [-1]), float(threshold))
    return grid, label, score, op.node("Not", low)


@converter("DetectionOutput of yolo-gklz1982")
def detection_output(op: Op) -> str:
    """Boxes in the order of cells and anchors: an earlier one removes later ones."""
    param = op.layer.settings
    op.fixed(op.bottom_dims[0][:1], "that it takes one image")
    threshold = param.confidence_threshold if param.HasField("confidence_threshold") else 0.01
    grid, label, score, good = _single(op, threshold)
    low, high = (op.node("Clip", side, 0.0, 1.0) for side in grid.corners(op))
    boxes = op.node("Concat", low, high, axis=1)
    every = op.node("Slice", op.node("Shape", boxes), [0], [1])
    stays = kept(op, boxes, good, every, reached(param.nms_threshold))
    columns = [op.node("Gather", x, stays, axis=0) for x in (label, score, grid.centre, grid.size)]
    item = op.node("Mul", columns[0], 0.0)
    return rows_or_none(op, [item, *columns], _items(op))


@converter("YoloDetectionOutput")
def yolo_detection_output(op: Op) -> str:
    param = op.layer.settings
    grid, label, score, good = _single(op, param.confidence_threshold)
    boxes = op.node("Concat", *grid.corners(op), axis=1)
    chosen = op.node("Reshape", op.node("NonZero", op.cast(good, "FLOAT")), [-1])
    boxes, score, label = (op.node("Gather", x, chosen, axis=0) for x in (boxes, score, label))
    return _best(op, boxes, score, label, param.nms_threshold)


@converter("Yolov3DetectionOutput")
def yolov3_detection_output(op: Op) -> str:
    """Each class of a box with a score above the threshold is a detection."""
    param, layer = op.param.yolov3_detection_output_param, op.layer
    parts = []
    for index in range(len(op.bottom)):
        pixels = param.anchors_scale[index]
        size = np.array(op.shape(index)[:1:-1]) * pixels  # width, height
        grid = Grid.of(op, index, layer.anchors[index] / size, param.num_classes)
        scores = op.node("Mul", op.node("Sigmoid", grid.classes), grid.objects)
        good = op.cast(op.node("Greater", scores, float(param.confidence_threshold)), "FLOAT")
        place = op.node("Transpose", op.node("NonZero", good), perm=[1, 0])
        which, label = op.nodes("Split", 2, place, [1, 1], axis=1)
        boxes = op.node("Concat", *grid.corners(op), axis=1)
        boxes = op.node("Gather", boxes, op.squeeze(which, [1]), axis=0)
        score = op.unsqueeze(op.node("GatherND", scores, place), [1])
        parts.append((boxes, score, op.cast(label, "FLOAT")))
    boxes, score, label = (op.node("Concat", *each, axis=0) for each in zip(*parts))
    return _best(op, boxes, score, label, param.nms_threshold)


def _best(op: Op, boxes: str, score: str, label: str, overlap: float) -> str:
    """Boxes (M, 4), score and label (M, 1) -> rows 0, label + 1, score, box of those that no
    better one overlaps, the best first."""
    every = op.node("Slice", op.node("Shape", boxes), [0], [1])
    _, order = best_first(op, op.node("Reshape", score, [-1]), every)
    boxes, score, label = (op.node("Gather", x, order, axis=0) for x in (boxes, score, label))
    stays = kept(op, boxes, None, every, reached(overlap))
    boxes, score, label = (op.node("Gather", x, stays, axis=0) for x in (boxes, score, label))
    item, number = op.node("Mul", label, 0.0), op.node("Add", label, 1.0)
    return rows_or_none(op, [item, number, score, boxes], _items(op))


def _items(op: Op) -> str:
    return op.node("Slice", op.node("Shape", op.bottom[0]), [0], [1])
