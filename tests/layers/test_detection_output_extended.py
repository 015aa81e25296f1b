"""DetectionOutputExtended: DetectionOutput's rows, and the cells they come from."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row

from .one_pass import bench

H, W, A = 3, 4, 2
FIELDS = "code_type: CENTER_SIZE nms_param { nms_threshold: 0.4 } keep_top_k: 7"
RNG = np.random.default_rng(7)
LOC = RNG.uniform(-0.5, 0.5, (2, H, W, 4 * A))
CONF = RNG.random((2, H * W * A * 2))


def priors() -> np.ndarray:
    """A small and a large box about the centre of each cell, variances 0.1."""
    found = np.empty((H, W, A, 4))
    for row, column, box in np.ndindex(H, W, A):
        x, y, half = (column + 0.5) / W, (row + 0.5) / H, 0.1 + 0.1 * box
        found[row, column, box] = x - half, y - half, x + half, y + half
    return np.stack([found.reshape(-1), np.full(found.size, 0.1)])[None]


def rows(kind: str, fields: str = FIELDS, conf: np.ndarray = CONF, fork: str = "") -> np.ndarray:
    text = f'type: "{kind}" detection_output_param {{ num_classes: 2 {fields} }}'
    loc = LOC if kind.endswith("Extended") else LOC.reshape(2, -1)
    given = loc, conf, priors()
    made = Bench(Row("found", text, tuple(values.shape for values in given), fork=fork))
    for blob, values in zip(made.bottom, given):
        blob.data[...] = values
    found: np.ndarray = made.forward().top[0].data[0, 0]
    return found


def test_rows_are_detection_outputs_and_name_the_cell() -> None:
    found = rows("DetectionOutputExtended", FIELDS + " background_label_id: -1")
    assert found.shape == (14, 10)
    np.testing.assert_array_equal(found[:, :7], rows("DetectionOutput", fork="ssd"))
    scores = CONF.reshape(2, H, W, A, 2)
    for item, _, score, *_, box, column, row in found:
        assert scores[int(item), int(row), int(column), int(box), 1] == score


def test_nothing_found() -> None:
    found = rows("DetectionOutputExtended", "confidence_threshold: 1")
    np.testing.assert_array_equal(found, [[0] + [-1] * 9, [1] + [-1] * 9])


def test_two_classes_and_a_map() -> None:
    text = 'type: "DetectionOutputExtended" detection_output_param { num_classes: %d }'
    with pytest.raises(PrototxtError, match="num_classes is 3"):
        bench(text % 3, LOC, np.zeros((2, 72)), priors())
    with pytest.raises(ShapeError, match="it must be"):
        bench(text % 2, LOC.reshape(2, -1), CONF, priors())
