"""All rows of all families: what the harness runs, and what proves that no type is missing."""

from __future__ import annotations

from tests.harness.row import Row

from . import (
    table_channel,
    table_common,
    table_face,
    table_flow,
    table_loss,
    table_neuron,
    table_rcnn,
    table_recurrent,
    table_segmentation,
    table_ssd,
    table_tensor,
    table_video,
    table_vision,
    table_yolo,
)

FAMILIES = [
    table_vision,
    table_neuron,
    table_loss,
    table_common,
    table_recurrent,
    table_channel,
    table_face,
    table_flow,
    table_rcnn,
    table_segmentation,
    table_ssd,
    table_tensor,
    table_video,
    table_yolo,
]

ROWS: list[Row] = [row for family in FAMILIES for row in family.ROWS]
