"""Rows of the layers in `layers/flow`."""

from __future__ import annotations

from tests.harness.row import Row

ROWS: list[Row] = []
