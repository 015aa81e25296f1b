"""Reshape: copied, inferred and replaced axes."""

from __future__ import annotations

import pytest

from protonet.errors import PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def reshape(text: str, shape=(2, 3, 4)) -> Bench:
    return Bench(Row("r", f'type: "Reshape" reshape_param {{ {text} }}', (shape,)))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("shape { dim: 6 dim: 4 }", (6, 4)),
        ("shape { dim: 0 dim: -1 }", (2, 12)),
        ("shape { dim: -1 dim: 0 }", (8, 3)),  # 0 copies the axis at its own place
        ("shape { dim: 0 dim: 2 } axis: 1", None),  # 3 * 2 of 12
        ("shape { dim: 0 dim: 4 } axis: 1", (2, 3, 4)),
        ("shape { dim: 1 dim: 1 } axis: 1 num_axes: 0", (2, 1, 1, 3, 4)),
        ("shape { dim: 2 dim: -1 } axis: -1 num_axes: 0", None),
        ("shape { dim: 2 dim: 2 } axis: -2", (2, 3, 2, 2)),
        ("shape {} axis: 1 num_axes: 0", (2, 3, 4)),
        ("shape { dim: 24 }", (24,)),
    ],
)
def test_shapes(text, shape):
    if shape is None:
        with pytest.raises(ShapeError):
            reshape(text)
    else:
        assert reshape(text).top[0].shape == shape


def test_an_inserted_axis_can_be_inferred():
    assert reshape("shape { dim: 1 dim: -1 } axis: -1 num_axes: 0").top[0].shape == (2, 3, 4, 1, 1)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("shape { dim: -1 dim: -1 }", PrototxtError, "more than one -1"),
        ("shape { dim: 5 dim: 5 }", ShapeError, r"has 24 values, \(5, 5\) has 25"),
        ("shape { dim: 5 dim: -1 }", ShapeError, "-1 cannot be inferred: shape .* has 24 values"),
        ("shape { dim: 2 dim: 3 dim: 4 dim: 0 }", ShapeError, "copies axis 3, which shape"),
        ("shape { dim: 2 } axis: 4", ShapeError, "does not fit shape"),
        ("shape { dim: 2 } axis: -5", ShapeError, "does not fit shape"),
        ("shape { dim: 2 } axis: 1 num_axes: 3", ShapeError, "does not fit shape"),
        ("shape { dim: 2 } num_axes: -2", PrototxtError, "num_axes is -2"),
        ("shape { dim: -2 dim: -12 }", ShapeError, "negative"),
    ],
)
def test_faults(text, kind, message):
    with pytest.raises(kind, match=message):
        reshape(text)
