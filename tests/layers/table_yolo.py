"""Rows of the layers in `layers/yolo`."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape, Values

BIASES = " ".join(f"biases: {b}" for b in (0.75, 0.875, 2.5, 2.625, 4.25, 7, 10.25, 4.5, 12, 11))
PIXELS = " ".join(f"biases: {b}" for b in (10, 14, 23, 27, 37, 58, 81, 82, 135, 169, 344, 319))


def truths(classes: int) -> Values:
    """Two boxes an image, the second one large."""

    def make(rng: np.random.Generator, shape: Shape) -> np.ndarray:
        rows = np.zeros((shape[0], shape[1] // 5, 5))
        rows[:, :2, 0] = rng.integers(0, classes, (shape[0], 2))
        rows[:, :2, 1:3] = rng.uniform(0.1, 0.9, (shape[0], 2, 2))
        rows[:, 0, 3:] = rng.uniform(0.05, 0.3, (shape[0], 2))
        rows[:, 1, 3:] = rng.uniform(0.3, 0.9, (shape[0], 2))
        return rows.reshape(shape)

    return make


def annotated(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Rows of AnnotatedData for two items, the last one empty."""
    rows = np.zeros(shape)
    at = rows[0, 0]
    at[:, 0] = np.arange(len(at)) % 2
    at[:, 1] = 1 + rng.integers(0, 2, len(at))
    at[:, 3:5] = rng.uniform(0, 0.5, (len(at), 2))
    at[:, 5:7] = at[:, 3:5] + rng.uniform(0.05, 0.45, (len(at), 2))
    at[-1] = -1
    return rows


def region(name: str, rows: int, text: str = "") -> Row:
    """The gradient of the fork is no derivative; boxes are matched with truths all at once."""
    return Row(
        name,
        f'type: "RegionLoss" region_loss_param {{ side: 3 num_class: 2 {text} {BIASES} }}',
        ((2, 35, 3, 3), (2, rows * 5)),
        values={1: truths(2)},
        steady=False,
    )


def yolov3(name: str, text: str = "") -> Row:
    """As `region`."""
    return Row(
        name,
        'type: "Yolov3" yolov3_param { num_class: 2 num: 3 mask: 0 mask: 1 mask: 2 '
        f"{text} {PIXELS} }}",
        ((2, 21, 3, 4), (2, 50)),
        values={1: truths(2)},
        steady=False,
    )


ROWS = [
    Row("reorg", 'type: "Reorg" reorg_param { stride: 2 }', ((2, 8, 4, 6),)),
    Row("reorg_reverse", 'type: "Reorg" reorg_param { stride: 3 reverse: true }', ((2, 9, 2, 3),)),
    Row("upsample_yolo", 'type: "Upsample" upsample_param { scale: 2 }', ((2, 3, 4, 5),)),
    Row(
        "upsample_darknet",
        'type: "UpsampleDarknet" upsample_darknet_param { stride: 3 }',
        ((2, 4, 5),),
    ),
    Row(
        "eval_detection",
        'type: "EvalDetection" eval_detection_param { side: 3 num_class: 2 num_object: 5 nms: 0.4 '
        f"{BIASES} }}",
        ((2, 35, 3, 3), (2, 150)),
        values={1: truths(2)},
        steady=False,  # as many boxes as there are
    ),
    region("region", 300),
    region("region_no_anchors", 300, "bias_match: 0 rescore: 0"),
    region("region_gklz1982", 30),
    Row(
        "region_intel",
        f'type: "RegionLoss" region_loss_param {{ side: 3 num_class: 2 {BIASES} }}',
        ((2, 35, 3, 3), (1, 1, 5, 8)),
        other=((2, 35, 3, 3), (1, 1, 3, 8)),
        values={1: annotated},
        steady=False,
    ),
    yolov3("yolov3"),
    yolov3("yolov3_logic", "use_logic_gradient: true use_focal_loss: true"),
    *(
        yolov3(f"yolov3_{kind.lower()}", f"iou_loss: {kind}")
        for kind in ("IOU", "GIOU", "DIOU", "CIOU")
    ),
    # how many boxes are found depends on values
    Row(
        "yolov3_detections",
        'type: "Yolov3DetectionOutput" yolov3_detection_output_param { num_classes: 2 '
        f"confidence_threshold: 0.3 anchors_scale: 32 mask: 0 mask: 1 mask: 2 {PIXELS} }}",
        ((2, 21, 3, 4),),
        steady=False,
    ),
    Row(
        "yolo_detections",
        'type: "YoloDetectionOutput" yolo_detection_output_param { num_classes: 2 side: 3 '
        f"confidence_threshold: 0.3 {BIASES} }}",
        ((2, 35, 3, 3),),
        steady=False,
    ),
    Row(
        "yolo_detections_gklz1982",
        'type: "DetectionOutput" detection_output_param { num_classes: 2 side: 3 '
        f"confidence_threshold: 0.3 {BIASES} }}",
        ((1, 35, 3, 3),),
        other=((1, 35, 3, 3),),
        steady=False,
    ),
]
