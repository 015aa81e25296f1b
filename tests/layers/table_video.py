"""Rows of the layers in `layers/video`."""

from __future__ import annotations

from tests.harness.row import Row

ROWS: list[Row] = []
