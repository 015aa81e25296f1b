"""Flatten: which axes it merges, and that it copies nothing."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def flatten(text: str, shape=(2, 3, 4, 5)) -> Bench:
    return Bench(Row("f", f'type: "Flatten" {text}', (shape,)))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", (2, 60)),
        ("flatten_param { axis: 0 }", (120,)),
        ("flatten_param { axis: 1 end_axis: 2 }", (2, 12, 5)),
        ("flatten_param { axis: -3 end_axis: -2 }", (2, 12, 5)),
        ("flatten_param { axis: 2 end_axis: 2 }", (2, 3, 4, 5)),
        ("flatten_param { axis: 2 end_axis: 1 }", (2, 3, 1, 4, 5)),  # nothing: a new axis of 1
    ],
)
def test_shapes(text, shape):
    assert flatten(text).top[0].shape == shape


def test_ends_before_it_begins():
    with pytest.raises(ShapeError, match="end_axis 0 lies before axis 2"):
        flatten("flatten_param { axis: 2 end_axis: 0 }")


def test_values_and_gradients_are_shared():
    bench = flatten("")
    assert np.shares_memory(bench.top[0].data, bench.bottom[0].data)
    assert np.shares_memory(bench.top[0].diff, bench.bottom[0].diff)


def test_a_loss_weight_is_safe_from_layers_before():
    """They would work in place on the shared gradient, and the weight would be gone."""
    bench = flatten("loss_weight: 2").forward()
    bench.top[0].diff.fill(2)
    bench.backward()
    bench.bottom[0].diff[...] *= 0
    assert (bench.top[0].diff == 2).all()
