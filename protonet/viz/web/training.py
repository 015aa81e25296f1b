"""A training as curves, from its log, also while it is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import DataError
from ..curves import across, panels
from ..following import ended
from ..logs import read_runs

_MOST = 4000  # points of a curve


def training(path: str) -> dict[str, Any]:
    """panels: each with curves over iterations; none while no number is in the log.  size: bytes
    that were read, at least.  ended: whether the training is over."""
    size = os.stat(path).st_size
    try:
        shown = panels(read_runs(path))
    except DataError:
        shown = []
    axis = across(shown, "iterations")
    return {
        "size": size,
        "ended": ended(path),
        "panels": [
            {
                "title": panel.title,
                "log": panel.log,
                "curves": [
                    {"label": curve.told, **_points(axis.of(curve).tolist())}
                    for curve in panel.curves
                ],
            }
            for panel in shown
        ],
    }


def _points(pairs: Sequence[Sequence[float]]) -> dict[str, list[float]]:
    """x and y, of long curves evenly spaced ones with the first and the last."""
    at = np.linspace(0, len(pairs) - 1, min(len(pairs), _MOST)).round().astype(int)
    chosen = [pairs[i] for i in at]
    return {"x": [x for x, _ in chosen], "y": [y for _, y in chosen]}
