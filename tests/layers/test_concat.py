"""Concat: faults of shapes and of spelling."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def concat(text: str, *shapes) -> Bench:
    return Bench(Row("c", f'type: "Concat" {text}', shapes))


@pytest.mark.parametrize("axis", [-3, -1, 0, 2])
def test_it_is_numpys(axis):
    bench = concat(f"concat_param {{ axis: {axis} }}", *[(2, 3, 4)] * 3).forward()
    want = np.concatenate([blob.data for blob in bench.bottom], axis)
    np.testing.assert_array_equal(bench.top[0].data, want)


@pytest.mark.parametrize(
    ("text", "second", "message"),
    [
        ("", (3, 3), r"bottom 1 has shape \(3, 3\), bottom 0 \(2, 3\): only axis 1 may differ"),
        ("", (2, 3, 1), "only axis 1"),
        ("concat_param { axis: 2 }", (2, 3), "axis 2 is out of range"),
        ("concat_param { axis: -3 }", (2, 3), "axis -3 is out of range"),
    ],
)
def test_shapes_that_do_not_fit(text, second, message):
    with pytest.raises(ShapeError, match=message):
        concat(text, (2, 3), second)


def test_two_spellings():
    with pytest.raises(PrototxtError, match="both axis and concat_dim are given"):
        concat("concat_param { axis: 1 concat_dim: 1 }", (2, 3))
