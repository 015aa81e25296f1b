"""Rows of the layers in `layers/face`."""

from __future__ import annotations

from tests.harness.row import Row

ROWS: list[Row] = []
