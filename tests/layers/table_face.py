"""Rows of the layers in `layers/face`."""

from __future__ import annotations

from tests.harness.row import Row

from .table_loss import labels

X4 = (2, 3, 5, 4)
FACES, LABELS, CENTRES = (6, 2, 10), (6,), (7, 20)
FILLER = 'weight_filler { type: "xavier" }'


def distance(name: str, text: str = "", *more: tuple[int, ...]) -> Row:
    """more: bottoms besides the features."""
    return Row(
        f"inner_distance_{name}",
        f'type: "InnerDistance" inner_distance_param {{ num_output: 7 {FILLER} {text} }}',
        (FACES, *more),
        values={len(more): labels(7)} if LABELS in more else {},
        other=((3, 2, 10), *((3,) if shape == LABELS else shape for shape in more)),
    )


def margin(kind: str) -> Row:
    """The gradient is the authors', no derivative."""
    return Row(
        f"margin_{kind.lower()}",
        f'type: "MarginInnerProduct" margin_inner_product_param {{ num_output: 7 type: {kind} '
        f"{FILLER} base: 5 }}",
        ((6, 2, 100), LABELS),
        tops=2,
        values={1: labels(7)},
        top_gradient=(0,),
    )


ROWS: list[Row] = [
    Row("normalize_face", 'type: "Normalize"', (X4,), fork="happynear"),
    Row(
        "normalize_face_length",
        'type: "Normalize" normalize_param { bp_norm: true }',
        (X4,),
        tops=2,
        fork="happynear",
    ),
    Row(
        "normalize_face_l1",
        'type: "Normalize" normalize_param { normalize_type: "L1" bp_norm: true }',
        ((4, 5),),
        tops=2,
        fork="happynear",
    ),
    Row(
        "normalize_face_no_way_back",
        'type: "Normalize"',
        (X4,),
        tops=2,
        fork="happynear",
        top_gradient=(0,),
    ),
    # the step of a centre is no derivative
    Row(
        "center_loss",
        'type: "CenterLoss" center_loss_param { num_output: 7 center_filler { type: "xavier" } }',
        (FACES, LABELS),
        values={1: labels(7)},
    ),
    distance("l2"),
    # the gradients of L1 and those of one centre alone are no derivatives
    distance("l1", 'distance_type: "L1"'),
    distance("bottom", "", CENTRES),
    distance("own_centre", "update_center_only: true", LABELS),
    distance("own_centre_bottom", "update_center_only: true", CENTRES, LABELS),
    *map(margin, ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")),
    Row(
        "innerproduct_weight_bottom",
        'type: "InnerProduct" inner_product_param { num_output: 7 bias_term: false }',
        (FACES, CENTRES),
        other=((3, 2, 10), CENTRES),
    ),
    Row(
        "innerproduct_bias_bottom",
        'type: "InnerProduct" inner_product_param { num_output: 7 transpose: true }',
        (FACES, (20, 7), (7,)),
        other=((3, 2, 10), (20, 7), (7,)),
    ),
]
