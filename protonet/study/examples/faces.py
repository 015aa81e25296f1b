"""Layers of face recognition."""

from __future__ import annotations

from .values import of, one

_FEATURES, _LABELS = [[1, 2], [3, 0]], [0, 1]

EXAMPLES = {
    "CenterLoss": one(
        of("CenterLoss", "center_loss_param { num_output: 2 }"),
        _FEATURES,
        _LABELS,
        blobs=[[[0, 0], [2, 0]]],
        title="two faces of two people, and the centres of these",
    ),
    "InnerDistance": one(
        of("InnerDistance", "inner_distance_param { num_output: 2 }"),
        _FEATURES,
        blobs=[[[0, 0], [2, 0]]],
        title="squared distances from two points",
    ),
    "MarginInnerProduct": one(
        of(
            "MarginInnerProduct",
            "margin_inner_product_param { num_output: 2 type: DOUBLE base: 0 }",
        ),
        _FEATURES,
        _LABELS,
        blobs=[[[1, 0], [0, 1]]],
        tops=2,
        title="twice the angle at the label: |x| cos 2a",
    ),
    "LabelSpecificAdd": one(
        of("LabelSpecificAdd", "label_specific_add_param { bias: -0.5 }"),
        [[1, 2, 3], [0, 2, 1]],
        [2, 0],
        title="the score of the true class is made half a point worse",
    ),
}
