"""Rows of the layers in `layers/face`."""

from __future__ import annotations

from tests.harness.row import Row

X4 = (2, 3, 5, 4)

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
]
