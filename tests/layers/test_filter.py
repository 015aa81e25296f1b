"""Filter: tops whose size depends on values."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NetError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row
from tests.layers.one_pass import bench

X = np.arange(8.0).reshape(4, 2)


def test_the_batch_at_first_then_what_is_selected():
    found = bench('type: "Filter"', X, [0, 2, 0, -1])
    assert found.top[0].shape == (4, 2)
    found.forward()
    assert found.top[0].data.tolist() == [[2, 3], [6, 7]]
    found.top[0].diff[...] = [[1, 2], [3, 4]]
    found.bottom[0].diff.fill(np.nan)
    found.backward([True, False])
    assert found.bottom[0].diff.tolist() == [[0, 0], [1, 2], [0, 0], [3, 4]]


def test_nothing_selected():
    found = bench('type: "Filter"', X, [0, 0, 0, 0]).forward()
    assert found.top[0].shape == (0, 2)
    found.seed_tops().backward([True, False])
    assert not found.bottom[0].diff.any()


def test_no_gradient_into_the_selector():
    found = bench('type: "Filter"', X, [0, 1, 0, 1]).forward().seed_tops()
    with pytest.raises(NetError, match="no gradient flows into the selector"):
        found.backward([True, True])


@pytest.mark.parametrize("marks", [(3,), (4, 2), ()])
def test_selectors_that_do_not_fit(marks):
    with pytest.raises(ShapeError, match="the selector"):
        Bench(Row("f", 'type: "Filter"', ((4, 2), marks)))


def test_a_top_too_many():
    with pytest.raises(NetError, match="2 tops for 2 bottoms"):
        Bench(Row("f", 'type: "Filter"', ((4, 2), (4,)), tops=2))


@pytest.mark.parametrize(
    "text",
    [
        'type: "Scale" scale_param { bias_term: true }',
        'type: "Bias"',
        'type: "BatchNorm"',
        'type: "MVN"',
        'type: "Flatten"',
        'type: "Split"',
        'type: "Slice"',
        'type: "Tile" tile_param { tiles: 2 }',
        'type: "Reduction" reduction_param { axis: 1 operation: SUMSQ }',
    ],
)
def test_layers_after_it_cope_with_nothing(text):
    found = Bench(Row("after", text, ((0, 3, 2, 4),))).run()
    assert found.top[0].shape[0] == 0
    assert all(not blob.diff.any() for blob in found.layer.blobs)
