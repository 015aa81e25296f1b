"""Rows of the layers in `layers/channel`."""

from __future__ import annotations

from tests.harness.row import Row

ROWS: list[Row] = []
