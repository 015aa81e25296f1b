"""Slice: the reverse of Concat, and its faults."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ProtonetError, PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def slicing(text: str, tops: int, shape=(2, 6, 3)) -> Bench:
    return Bench(Row("s", f'type: "Slice" slice_param {{ {text} }}', (shape,), tops=tops))


def test_it_is_numpys():
    bench = slicing("axis: 1 slice_point: 1 slice_point: 4", 3).forward()
    for blob, want in zip(bench.top, np.split(bench.bottom[0].data, [1, 4], 1)):
        np.testing.assert_array_equal(blob.data, want)


@pytest.mark.parametrize(
    ("text", "tops", "kind", "message"),
    [
        ("", 4, ShapeError, "6 cannot be cut into 4 equal tops"),
        ("slice_point: 2", 3, PrototxtError, "1 slice points for 3 tops"),
        ("slice_point: 4 slice_point: 2", 3, ShapeError, "do not rise from 0 to 6"),
        ("slice_point: 0", 2, ShapeError, "do not rise"),
        ("slice_point: 6", 2, ShapeError, "do not rise"),
        ("axis: 1 slice_dim: 1", 2, PrototxtError, "both axis and slice_dim"),
        ("axis: 3", 1, ProtonetError, "out of range"),
    ],
)
def test_faults(text, tops, kind, message):
    with pytest.raises(kind, match=message):
        slicing(text, tops)
