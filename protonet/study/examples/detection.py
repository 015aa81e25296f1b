"""Layers of detectors: prior boxes, proposals, what learns from boxes and what reads them out."""

from __future__ import annotations

import numpy as np

from ...core.context import TEST
from .values import of, one, planes

_PRIORS = [[[0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1], [0.1, 0.1, 0.2, 0.2] * 2]]
_FIELDS = "field_w: 8 field_h: 8 stride: 8"
_ANCHORS = "biases: [1, 1, 2, 2, 1, 2, 2, 1, 3, 3]"
_PIXELS = "mask: [0, 1, 2] biases: [16, 16, 8, 16, 32, 32]"
_REGIONS = [[0, 0, 0, 9, 9], [0, 10, 10, 29, 29]]


def _cell(*values: float) -> np.ndarray:
    """The channels of one cell."""
    return np.array(values, np.float64).reshape(1, -1, 1, 1)


_YOLO2 = _cell(*[0, 0, 0, 0, 2, 3, 0], *[0, 0, 0, 0, -5, 0, 0] * 4)
_YOLO3 = _cell(*[0, 0, 0, 0, 2, 3, -3], *[0, 0, 0, 0, -5, 0, 0] * 2)
_TRUTH = np.array([[1, 0.5, 0.5, 0.8, 0.6, *[0] * 45]])

EXAMPLES = {
    "PriorBox": one(
        of("PriorBox", "prior_box_param { min_size: 4 aspect_ratio: 4 flip: false }"),
        planes([[0, 0]]),
        np.zeros((1, 1, 8, 16)),
        title="two cells of an image 16 wide and 8 high, a square and a wide box each",
    ),
    "PriorBoxClustered": one(
        of("PriorBoxClustered", "prior_box_param { width: 4 height: 2 width: 2 height: 4 }"),
        planes([[0]]),
        np.zeros((1, 1, 8, 8)),
        title="two boxes about the middle of an image of 8x8",
    ),
    "MultiBoxLoss": one(
        of(
            "MultiBoxLoss",
            "multibox_loss_param { num_classes: 2 code_type: CENTER_SIZE mining_type: NONE }",
        ),
        [[1, 0, 0, 0, 0, 0, 0, 0]],
        [[0, 2, 1, 0]],
        _PRIORS,
        [[[[0, 1, 0, 0, 0, 0.5, 0.5, 0]]]],
        title="two prior boxes; the first one is exactly on the only object",
    ),
    "DetectionOutput of ssd": one(
        of("DetectionOutput", "detection_output_param { num_classes: 2 code_type: CENTER_SIZE }"),
        [[0, 0, 0, 0, 0, 0, 0, 0]],
        [[0.1, 0.9, 0.4, 0.6]],
        _PRIORS,
        fork="ssd",
        title="rows: image, class, score, box; each prior box has found something",
    ),
    "DetectionOutputExtended": one(
        of(
            "DetectionOutputExtended",
            "detection_output_param { num_classes: 2 code_type: CENTER_SIZE }",
        ),
        np.zeros((1, 1, 2, 4)),
        [[0.1, 0.9, 0.4, 0.6]],
        _PRIORS,
        title="rows end with the box of a cell, its column and its row",
    ),
    "DetectionEvaluate of ssd": one(
        of("DetectionEvaluate", "detection_evaluate_param { num_classes: 2 }"),
        [[[[0, 1, 0.9, 0, 0, 0.5, 0.5], [0, 1, 0.6, 0.6, 0.6, 1, 1]]]],
        [[[[0, 1, 0, 0, 0, 0.5, 0.4, 0]]]],
        fork="ssd",
        phase=TEST,
        title="two detections, one true box: the first is right, the second wrong",
    ),
    "DetectionEvaluate of cascade-rcnn": one(
        of("DetectionEvaluate", "detection_evaluate_param { num_classes: 2 }"),
        [[0, 0, 0, 9, 9, 1, 0.9], [0, 20, 20, 29, 29, 1, 0.6]],
        [[0, 0, 0, 9, 7, 1, 0, 0]],
        [[30, 30]],
        fork="cascade-rcnn",
        phase=TEST,
        title="two detections, one true box: the first is right, the second wrong",
    ),
    "Proposal": one(
        of(
            "Proposal",
            "proposal_param { ratio: 1 scale: 1 feat_stride: 16 min_size: 1 post_nms_topn: 2 }",
        ),
        [[[[0.1, 0.8]], [[0.9, 0.2]]]],
        np.zeros((1, 4, 1, 2)),
        [[16, 32, 1, 1]],
        tops=2,
        phase=TEST,
        title="two cells with an anchor of 16x16 each, not moved",
    ),
    "ProposalTarget": one(
        of("ProposalTarget", "proposal_target_param { cls_num: 2 batch_size: -1 }"),
        _REGIONS,
        [[0, 0, 0, 9, 11, 1, 0]],
        tops=6,
        title="the first region overlaps the true box by 100 of 120 pixels",
    ),
    "DecodeBBox": one(
        of("DecodeBBox"),
        [[0, 0, 0, 0, 0.5, 0, 0, 0.6931]],
        [[0, 0, 0, 9, 9]],
        phase=TEST,
        title="half its width to the right, and twice as high: exp(0.6931) = 2",
    ),
    "BboxAccuracy": one(
        of("BboxAccuracy"),
        [[0, 0, 0, 0, 0, 0, 0, 0.6931]],
        [[0, 0, 0, 9, 9]],
        [[1, 0, 0, 9, 19, 0.5]],
        tops=2,
        title="a box made twice as high covers the truth better than it did",
    ),
    "BoxAnnotatorOHEM": one(
        of("BoxAnnotatorOHEM", "box_annotator_ohem_param { roi_per_img: 1 ignore_label: -1 }"),
        _REGIONS,
        [[[[0.2]]], [[[0.7]]]],
        [[[[1]]], [[[2]]]],
        [[[[1]]], [[[1]]]],
        tops=2,
        title="of the two regions the one with the larger loss stays",
    ),
    "BoxGroupOutput": one(
        of(
            "BoxGroupOutput",
            f"box_group_output_param {{ fg_thr: 0.5 min_size: 1 box_group_param {{ {_FIELDS} }} }}",
        ),
        [[[[0.1, 0.9]], [[0.9, 0.1]]]],
        np.zeros((1, 4, 1, 2)),
        tops=2,
        title="two places, one of them an object",
    ),
    "DetectionGroupAccuracy": one(
        of(
            "DetectionGroupAccuracy",
            f"detection_group_accuracy_param {{ {_FIELDS} cls_num: 2 }}",
        ),
        [[[[0, 2]], [[1, 0]]]],
        np.zeros((1, 4, 1, 2)),
        [[[[1, 0]], [[4, 0]], [[4, 0]], [[8, 0]], [[8, 0]], [[1, 0]]]],
        tops=2,
        title="two places, an object with its box right where it is expected, and background",
    ),
    "DetectionGroupLoss": one(
        of("DetectionGroupLoss", f"detection_group_loss_param {{ {_FIELDS} cls_num: 2 }}"),
        [[[[0, 2]], [[1, 0]]]],
        np.zeros((1, 4, 1, 2)),
        [[[[1, 0]], [[6, 0]], [[4, 0]], [[8, 0]], [[8, 0]], [[1, 0]]]],
        title="two places, an object whose box lies 2 to the right, and background",
    ),
    "FrcnnOutput": one(
        of("FrcnnOutput", "frcnn_output_param { conf_thr: 0.5 }"),
        [[0.1, 0.9], [0.8, 0.2]],
        np.zeros((2, 8)),
        _REGIONS,
        [[30, 30]],
        title="two regions, one of them an object; the first row is always there",
    ),
    "ScaleRoute": one(
        of("ScaleRoute", "scale_route_param { low_scale: 15 }"),
        _REGIONS,
        [[1, 2], [3, 4]],
        tops=2,
        title="regions of 10x10 and 20x20: the second one is large enough",
    ),
    "RegionLoss": one(
        of("RegionLoss", f"region_loss_param {{ side: 1 num_class: 2 {_ANCHORS} }}"),
        _YOLO2,
        np.concatenate([_TRUTH[:, :5], np.zeros((1, 1495))], axis=1),
        title="one cell, five boxes, two classes; a true box of 0.8 x 0.6 of class 1",
    ),
    "EvalDetection": one(
        of(
            "EvalDetection",
            f"eval_detection_param {{ side: 1 num_class: 2 num_object: 5 {_ANCHORS} }}",
        ),
        _YOLO2,
        np.concatenate([_TRUTH[:, :5], np.zeros((1, 145))], axis=1),
        title="one cell, five boxes, two classes; a true box of 0.8 x 0.6 of class 1",
    ),
    "DetectionOutput of yolo-gklz1982": one(
        of(
            "DetectionOutput",
            "detection_output_param { num_classes: 2 side: 1 confidence_threshold: 0.3 "
            f"{_ANCHORS} }}",
        ),
        _YOLO2,
        fork="yolo-gklz1982",
        title="one cell, five boxes: the first one is found",
    ),
    "YoloDetectionOutput": one(
        of(
            "YoloDetectionOutput",
            "yolo_detection_output_param { num_classes: 2 side: 1 confidence_threshold: 0.3 "
            f"{_ANCHORS} }}",
        ),
        _YOLO2,
        title="one cell, five boxes: the first one is found",
    ),
    "Yolov3": one(
        of("Yolov3", f"yolov3_param {{ num_class: 2 num: 3 {_PIXELS} }}"),
        _YOLO3,
        _TRUTH,
        title="one cell, three boxes, two classes; a true box of 0.8 x 0.6 of class 1",
    ),
    "Yolov3DetectionOutput": one(
        of(
            "Yolov3DetectionOutput",
            "yolov3_detection_output_param { num_classes: 2 confidence_threshold: 0.3 "
            f"anchors_scale: 32 {_PIXELS} }}",
        ),
        _YOLO3,
        title="one cell, three boxes: the first one, half as large as the image, is found",
    ),
}
