"""All rows of all families: what the harness runs, and what proves that no type is missing."""

from __future__ import annotations

import importlib

from tests.harness.row import Row

FAMILIES = ["vision", "neuron", "loss", "common", "data", "recurrent"]

ROWS: list[Row] = []
for _family in FAMILIES:
    try:
        ROWS += importlib.import_module(f"tests.layers.table_{_family}").ROWS
    except ModuleNotFoundError:
        continue
