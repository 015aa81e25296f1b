"""Rows of the layers in `layers/ssd`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.harness.row import Row, Shape

Values = Callable[[np.random.Generator, Shape], np.ndarray]

X4 = (2, 6, 5, 4)
#: Items, priors, classes of the predictions; rows of ground truth.
N, P, C, G = 2, 24, 4, 5
LOC, CONF, PRIOR, TRUTH = (N, P * 4), (N, P * C), (1, 2, P * 4), (1, 1, G, 8)
PREDICTIONS = (LOC, CONF, PRIOR)
MORE = ((N + 1, P * 4), (N + 1, P * C), PRIOR, (1, 1, G + 2, 8))
PER_CLASS = ((N, P * C * 4), CONF, PRIOR, TRUTH)
MORE_PER_CLASS = ((N + 1, P * C * 4), *MORE[1:])


def corners(rng: np.random.Generator, count: int) -> np.ndarray:
    centre, half = rng.uniform(0.2, 0.8, (count, 2)), rng.uniform(0.08, 0.25, (count, 2))
    return np.concatenate([centre - half, centre + half], axis=1)


def priors(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    boxes = corners(rng, shape[2] // 4)
    return np.stack([boxes.ravel(), np.resize([0.1, 0.1, 0.2, 0.2], shape[2])])[None]


def truth(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Boxes of the first two images, one of them difficult, one left out."""
    rows = np.zeros(shape)
    rows[0, 0, :, 0] = np.sort(np.arange(shape[2]) % 2)
    rows[0, 0, :, 1] = 1 + np.arange(shape[2]) % (C - 1)
    rows[0, 0, :, 3:7] = corners(rng, shape[2])
    rows[0, 0, 1, 7], rows[0, 0, -1, 0] = 1, -1
    return rows


def detections(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    rows = truth(np.random.default_rng([1701, 1]), (1, 1, shape[2], 8))[..., :7]
    rows[..., 2] = rng.uniform(0.1, 1, shape[:3])
    rows[..., 3:] += rng.uniform(-0.03, 0.03, (*shape[:3], 4))
    return np.abs(rows)


def probabilities(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    scores = np.exp(rng.uniform(-2, 2, (shape[0], P, C)))
    return (scores / scores.sum(axis=2, keepdims=True)).reshape(shape)


def prior_rows() -> Iterator[Row]:
    bottoms = (X4, (2, 3, 40, 60))
    for name, text in {
        "sizes": "min_size: 8 max_size: 14 aspect_ratio: 2 aspect_ratio: 3",
        "steps": "min_size: 9 step: 10 offset: 0.25 clip: true flip: false variance: 0.2",
        "image": "min_size: 8 min_size: 12 img_h: 50 img_w: 80 variance: [0.1, 0.1, 0.2, 0.2]",
    }.items():
        yield Row(f"priorbox_{name}", f'type: "PriorBox" prior_box_param {{ {text} }}', bottoms)
    clustered = "width: 8 height: 5 width: 14 height: 30.5"
    text = f'type: "PriorBoxClustered" prior_box_param {{ {clustered} }}'
    yield Row("priorbox_clustered", text, bottoms)


def normalize_rows() -> Iterator[Row]:
    for name, text, shapes in (
        ("ssd_normalize", "", (X4, (3, 5))),
        ("ssd_normalize_places", "across_spatial: false eps: 0.5", (X4, (3, 5))),
        ("ssd_normalize_channels", "channel_shared: false scale_filler { value: 20 }", (X4,)),
        ("ssd_normalize_both", "across_spatial: false channel_shared: false", (X4,)),
    ):
        for shape in shapes:
            yield Row(
                f"{name}_{len(shape)}",
                f'type: "Normalize" norm_param {{ {text} }}',
                (shape,),
                fork="ssd",
            )


def multi_box_rows() -> Iterator[Row]:
    values: dict[int, Values] = {2: priors, 3: truth}
    for name, text in {
        "default": "",
        "center": "code_type: CENTER_SIZE overlap_threshold: 0.3",
        "corner_size": "code_type: CORNER_SIZE match_type: BIPARTITE loc_loss_type: L2",
        "none": "mining_type: NONE loc_weight: 0.5 use_difficult_gt: false",
        "hard": "mining_type: HARD_EXAMPLE sample_size: 7 code_type: CENTER_SIZE",
        "nms": "nms_param { nms_threshold: 0.4 top_k: 9 } use_prior_for_nms: true",
        "logistic": "conf_loss_type: LOGISTIC neg_pos_ratio: 2",
        "logistic_none": "conf_loss_type: LOGISTIC mining_type: NONE",
        "inside": "bp_inside: true ignore_cross_boundary_bbox: true",
    }.items():
        yield Row(
            f"multibox_{name}",
            f'type: "MultiBoxLoss" multibox_loss_param {{ num_classes: {C} {text} }}',
            (*PREDICTIONS, TRUTH),
            values=values,
            other=MORE,
        )
    yield Row(
        "multibox_per_class",
        f'type: "MultiBoxLoss" multibox_loss_param {{ num_classes: {C} share_location: false '
        "mining_type: NONE code_type: CENTER_SIZE }",
        PER_CLASS,
        values=values,
        other=MORE_PER_CLASS,
    )


def detection_rows() -> Iterator[Row]:
    values: dict[int, Values] = {1: probabilities, 2: priors}
    for name, text, bottoms, other in (
        ("default", "", PREDICTIONS, MORE[:3]),
        (
            "ssd",
            "code_type: CENTER_SIZE nms_param { nms_threshold: 0.45 top_k: 10 } keep_top_k: 7 "
            "confidence_threshold: 0.2",
            PREDICTIONS,
            MORE[:3],
        ),
        ("nothing", "confidence_threshold: 1", PREDICTIONS, MORE[:3]),
        ("per_class", "share_location: false", PER_CLASS[:3], MORE_PER_CLASS[:3]),
    ):
        yield Row(
            f"detection_{name}",
            f'type: "DetectionOutput" detection_output_param {{ num_classes: {C} {text} }}',
            bottoms,
            fork="ssd",
            values=values,
            other=other,
        )


ROWS: list[Row] = [
    Row(
        "detection_output_apart",
        'type: "DetectionOutput" detection_output_param { num_classes: 3 nbottom: 2 '
        "no_permute: true code_type: CENTER_SIZE }",
        ((2, 3, 2, 6), (2, 3, 1, 2), (2, 8, 3, 2), (2, 4, 1, 2), (1, 2, 56)),
        other=((3, 3, 2, 6), (3, 3, 1, 2), (3, 8, 3, 2), (3, 4, 1, 2), (1, 2, 56)),
        values={4: priors},
        fork="ssd",
        steady=False,  # as many rows as there are detections
    ),
    Row(
        "detection_output_extended",
        'type: "DetectionOutputExtended" detection_output_param { num_classes: 2 '
        "code_type: CENTER_SIZE }",
        ((2, 2, 3, 8), (2, 24), (1, 2, 48)),
        other=((3, 2, 3, 8), (3, 24), (1, 2, 48)),
        values={2: priors},
        steady=False,  # as many rows as there are detections
    ),
    Row("permute_maps", 'type: "Permute" permute_param { order: [0, 2, 3, 1] }', (X4,)),
    Row("permute_rest", 'type: "Permute" permute_param { order: 2 }', ((3, 4, 5),)),
    Row("permute_nothing", 'type: "Permute"', (X4,)),
    *prior_rows(),
    *normalize_rows(),
    Row("smooth_l1_ssd", 'type: "SmoothL1Loss"', (X4, X4), fork="ssd"),
    *multi_box_rows(),
    *detection_rows(),
    Row(
        "detection_evaluate",
        'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 4 '
        "overlap_threshold: 0.6 evaluate_difficult_gt: false }",
        ((1, 1, 9, 7), (1, 1, 9, 8)),
        values={0: detections, 1: truth},
        other=((1, 1, 12, 7), (1, 1, 6, 8)),
    ),
]
