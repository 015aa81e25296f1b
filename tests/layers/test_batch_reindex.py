"""BatchReindex: repeats, and indices that do not exist."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, NetError, ShapeError
from tests.layers.one_pass import bench

X = np.arange(8.0).reshape(4, 2)


def test_repeats_and_omissions():
    found = bench('type: "BatchReindex"', X, [3, 0, 3]).forward()
    assert found.top[0].data.tolist() == [[6, 7], [0, 1], [6, 7]]
    found.top[0].diff[...] = [[1, 2], [10, 20], [100, 200]]
    found.backward([True, False])
    assert found.bottom[0].diff.tolist() == [[10, 20], [0, 0], [0, 0], [101, 202]]


def test_indices_with_a_fraction():
    with pytest.raises(DataError, match=r"index 1\.9 at position 1 is no whole number"):
        bench('type: "BatchReindex"', X, [1, 1.9]).forward()


@pytest.mark.parametrize("bad", [4, -1, np.nan, np.inf])
def test_indices_out_of_range(bad):
    found = bench('type: "BatchReindex"', X, [0, 0])
    found.bottom[1].data[1] = bad
    with pytest.raises(DataError, match=f"index {bad:g} at position 1 .*: it must lie in 0 to 3"):
        found.forward()


def test_no_gradient_into_indices():
    found = bench('type: "BatchReindex"', X, [0]).forward()
    with pytest.raises(NetError, match="no gradient flows into the indices"):
        found.backward([True, True])


def test_indices_with_two_axes():
    with pytest.raises(ShapeError, match="bottom 1 must have one axis"):
        bench('type: "BatchReindex"', X, [[0]])
