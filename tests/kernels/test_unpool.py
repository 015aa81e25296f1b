"""Values put where a mask says, against a loop."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import unpool


def test_scatter_and_gather():
    rng = np.random.default_rng(1)
    x, mask = rng.standard_normal((3, 5)), rng.integers(0, 7, (3, 5)).astype(np.float32)
    index, out = np.zeros((3, 5), np.intp), np.full((3, 7), np.nan)
    assert unpool.places(mask, 7, index) == -1
    unpool.scatter(x, index, out)
    want = np.zeros((3, 7))
    for plane in range(3):
        for value, place in zip(x[plane], mask[plane].astype(int)):
            want[plane, place] = value
    np.testing.assert_array_equal(out, want)
    back = np.zeros((3, 5))
    unpool.gather(out, index, back)
    np.testing.assert_array_equal(back, np.take_along_axis(want, mask.astype(int), 1))


@pytest.mark.parametrize("wrong", [7, -1, 2.5, np.nan, np.inf])
def test_the_first_wrong_place_is_told(wrong):
    mask = np.zeros((400, 1000), np.float32)  # in two pieces
    mask[390, 3], mask[7, 11] = wrong, wrong
    assert unpool.places(mask, 7, np.zeros(mask.shape, np.intp)) == 7011
