"""Rows of the layers in `layers/ssd`."""

from __future__ import annotations

from tests.harness.row import Row

ROWS: list[Row] = []
