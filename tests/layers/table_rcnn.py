"""Rows of the layers in `layers/rcnn`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.harness.row import Row, Shape

from .table_loss import labels

Values = Callable[[np.random.Generator, Shape], np.ndarray]

# Sums over bins and points are made in float64, block by block: memory that is taken anew.
MAPS, ROIS, C = (2, 8, 7, 9), (5, 5), 19


def rois(images: int, scale: float) -> Values:
    """Regions on maps of 9 x 7 cells, images `scale` times as large; some hang over the edges."""

    def make(rng: np.random.Generator, shape: Shape) -> np.ndarray:
        values = np.zeros(shape)
        low = rng.uniform(-1, 5, (shape[0], 2))
        corners = np.concatenate([low, low + rng.uniform(1, 6, low.shape)], axis=1)
        rows = np.column_stack([rng.integers(0, images, shape[0]), corners * scale])
        values.reshape(-1, 5)[:] = rows
        return values

    return make


def image(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return np.resize([100.0, 120, 1, 1], shape)


def field_truth(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Label, centre, sides and overlap of the true box at each place of a map (N, 6, H, W)."""
    values = np.empty(shape)
    values[:, 0] = rng.integers(0, 3, values[:, 0].shape)
    values[:, 1:3] = rng.uniform(0, 60, values[:, 1:3].shape)
    values[:, 3:5] = rng.uniform(10, 40, values[:, 3:5].shape)
    values[:, 5] = rng.uniform(0, 1, values[:, 5].shape)
    return values


def true_boxes(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Rows image, x1, y1, x2, y2, label, ignored of two images."""
    values = np.zeros(shape)
    values[:, :5] = rois(2, 16.0)(rng, (shape[0], 5))
    values[:, 5] = 1
    return values


def matches(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Rows label, x1, y1, x2, y2, overlap."""
    values = rois(3, 16.0)(rng, (shape[0], 5))
    return np.column_stack([values, rng.uniform(0, 1, shape[0])])


def detections(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Rows image, x1, y1, x2, y2, class, score (or ignored, difficult)."""
    values = np.zeros(shape)
    values[:, :5] = rois(2, 16.0)(rng, (shape[0], 5))
    values[:, 5] = rng.integers(1, 3, shape[0])
    values[:, 6] = rng.uniform(0, 1, shape[0])
    return values


def probabilities(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0, 1, shape)


def losses(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0, 1, shape)


def overlaps(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0, 1, shape)


ON_2 = {1: rois(2, 16.0)}
POOL = 'type: "ROIPooling" roi_pooling_param { pooled_h: 3 pooled_w: 2 spatial_scale: 0.0625'
ALIGN = 'type: "ROIAlign" roi_pooling_param { pooled_h: 3 pooled_w: 2 spatial_scale: 0.0625'
PSROI = 'type: "PSROIPooling" psroi_pooling_param { spatial_scale: 0.0625 output_dim: 2'
ANCHORS = "ratio: 0.5 ratio: 1 scale: 1 scale: 2"
BOXES = (4, 16, 1, 1)
FIELDS = "field_w: 20 field_w: 40 field_h: 30 field_h: 16 stride: 8"
FIELD_MAPS = ((4, 2, 3, 5), (4, 4, 3, 5), (4, 6, 3, 5))
OTHER_MAPS = ((2, 2, 4, 3), (2, 4, 4, 3), (2, 6, 4, 3))
GROUP_LOSS = f'type: "DetectionGroupLoss" detection_group_loss_param {{ {FIELDS} cls_num: 2'
EACH = ((BOXES, BOXES, BOXES), 2, "loss_weight: 1 loss_weight: 0")

ROWS: list[Row] = [
    Row("roipool", POOL + " }", (MAPS, ROIS), values=ON_2, steady=False),
    Row("roipool_4d", POOL + " }", (MAPS, (5, 5, 1, 1)), values=ON_2, steady=False),
    Row("roipool_padded", POOL + " pad_ratio: 0.25 }", (MAPS, ROIS), values=ON_2, steady=False),
    Row("roialign", ALIGN + " }", (MAPS, ROIS), values=ON_2, steady=False),
    Row("roialign_padded", ALIGN + " pad_ratio: 0.25 }", (MAPS, ROIS), values=ON_2, steady=False),
    Row("psroi", PSROI + " group_size: 2 }", (MAPS, ROIS), values=ON_2, steady=False),
    Row(
        "proposal",
        f'type: "Proposal" proposal_param {{ {ANCHORS} min_size: 4 post_nms_topn: 6 }}',
        ((1, 8, 5, 6), (1, 16, 5, 6), (1, 4)),
        tops=2,
        phase="TEST",
        values={2: image},
        other=((1, 8, 4, 7), (1, 16, 4, 7), (1, 4)),
    ),
    Row(
        "decodebbox",
        'type: "DecodeBBox" decode_bbox_param { gt_iou_thr: 0.5 }',
        ((6, 8), (6, 5), (6, 3)),
        phase="TEST",  # in TRAIN the number of rows depends on values
        values={1: rois(2, 16.0), 2: overlaps},
        steady=False,  # rows are picked
    ),
    Row(
        "boxgroupoutput",
        'type: "BoxGroupOutput" box_group_output_param { fg_thr: 0.2 min_size: 4 '
        f"max_post_nms_num: 3 box_group_param {{ {FIELDS} }} }}",
        FIELD_MAPS[:2],
        tops=2,
        values={0: probabilities},
        other=OTHER_MAPS[:2],
        steady=False,  # rows are picked
    ),
    Row(
        "scaleroute",
        'type: "ScaleRoute" scale_route_param { low_scale: 0 high_scale: 1e6 }',
        ((6, 5), (6, 3, 2, 1)),
        tops=2,
        values={0: rois(2, 16.0)},
        steady=False,  # likewise
    ),
    Row(
        "bboxaccuracy",
        'type: "BboxAccuracy"',
        ((6, 12), (6, 5), (6, 6)),
        tops=2,
        values={1: rois(2, 16.0), 2: matches},
        steady=False,  # likewise
    ),
    Row(
        "detectiongroupaccuracy",
        f'type: "DetectionGroupAccuracy" detection_group_accuracy_param {{ {FIELDS} cls_num: 2 '
        "objectness: true }",
        FIELD_MAPS,
        tops=2,
        values={2: field_truth},
        other=OTHER_MAPS,
        steady=False,  # likewise
    ),
    Row(
        "detectiongrouploss",
        f"{GROUP_LOSS} objectness: true }}",
        FIELD_MAPS,
        values={2: field_truth},
        gradient=(0, 1),
        other=OTHER_MAPS,
        random=True,
        steady=False,  # places are drawn
    ),
    Row(
        "proposaltarget",
        'type: "ProposalTarget" proposal_target_param { cls_num: 3 batch_size: 8 bg_thr_lw: 0 }',
        ((9, 5), (3, 7)),
        tops=7,
        values={0: rois(2, 16.0), 1: true_boxes},
        random=True,
        steady=False,  # likewise
    ),
    Row(
        "frcnnoutput",
        'type: "FrcnnOutput" frcnn_output_param { conf_thr: 0 max_det_num: 5 }',
        ((6, 3), (6, 12), (6, 5), (1, 2)),
        values={0: probabilities, 2: rois(1, 16.0), 3: lambda rng, shape: np.full(shape, 200.0)},
        other=((7, 3), (7, 12), (7, 5), (1, 2)),
        steady=False,  # rows are picked
    ),
    Row(
        "detectionevaluate_cascade",
        'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 3 }',
        ((7, 7), (4, 8), (2, 2)),
        phase="TEST",
        values={0: detections, 1: detections},
        steady=False,  # likewise
    ),
    Row(
        "smoothl1",
        'type: "SmoothL1Loss" smooth_l1_loss_param { sigma: 1.5 }',
        (BOXES, BOXES, BOXES, BOXES),
        gradient=(0, 1),
    ),
    Row(
        "smoothl1_plain",
        'type: "SmoothL1Loss" smooth_l1_loss_param { sigma: 3 }',
        ((3, 8), (3, 8)),
    ),
    Row(
        "smoothl1_rfcn",
        f'type: "SmoothL1Loss" {EACH[2]} loss_param {{ normalization: FULL }}',
        *EACH[:2],
        fork="r-fcn",
        gradient=(0, 1),
        top_gradient=(0,),
    ),
    Row(
        "smoothl1_rfcn_unweighted",
        'type: "SmoothL1Loss" loss_param { normalization: NONE }',
        (BOXES, BOXES),
        fork="r-fcn",
    ),
    Row(
        "smoothl1ohem",
        f'type: "SmoothL1LossOHEM" {EACH[2]}',
        *EACH[:2],
        gradient=(0, 1),
        top_gradient=(0,),
    ),
    Row(
        "smoothl1ohem_unweighted",
        'type: "SmoothL1LossOHEM" loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 3 }',
        ((2, 4, 3, 5), (2, 4, 3, 5)),
    ),
    Row(
        "softmaxohem",
        'type: "SoftmaxWithLossOHEM" loss_weight: 1 loss_weight: 0 loss_weight: 0',
        ((5, C, 1, 1), (5, 1, 1, 1)),
        tops=3,
        values={1: labels(C)},
        top_gradient=(0,),
    ),
    Row(
        "softmaxohem_prefixed",
        'type: "SoftmaxWithLossOHEM" loss_param { ignore_label: 2 normalization: PRE_FIXED '
        "pre_fixed_normalizer: 12 }",
        ((3, C, 2, 4), (3, 1, 2, 4)),
        values={1: labels(C, ignore=2)},
    ),
    Row(
        "boxannotatorohem",
        'type: "BoxAnnotatorOHEM" box_annotator_ohem_param { roi_per_img: 2 ignore_label: 255 }',
        ((6, 5), (6, 1, 1, 1), (6, 1, 1, 1), (6, 8, 1, 1)),
        tops=2,
        values={0: rois(2, 16.0), 1: losses, 2: labels(3)},
        gradient=(),
        steady=False,  # sorting needs room
    ),
]
