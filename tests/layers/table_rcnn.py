"""Rows of the layers in `layers/rcnn`."""

from __future__ import annotations

from tests.harness.row import Row

ROWS: list[Row] = []
