"""All rows of all families: what the harness runs, and what proves that no type is missing."""

from __future__ import annotations

from tests.harness.row import Row

from . import table_common, table_loss, table_neuron, table_recurrent, table_vision

FAMILIES = [table_vision, table_neuron, table_loss, table_common, table_recurrent]

ROWS: list[Row] = [row for family in FAMILIES for row in family.ROWS]
