"""Rows copied, picked and summed up."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import rows


@pytest.mark.parametrize("shape", [(1, 5), (7, 3), (5, 100000), (3, 0), (0, 4)])
def test_copy_into_columns_of_a_wider_matrix(shape):
    src = np.random.default_rng(0).standard_normal(shape)
    wide = np.zeros((shape[0], shape[1] + 3))
    rows.copy(src, wide[:, 2:-1])
    np.testing.assert_array_equal(wide[:, 2:-1], src)
    assert not wide[:, [0, 1, -1]].any()
    back = np.empty(shape)
    rows.copy(wide[:, 2:-1], back)
    np.testing.assert_array_equal(back, src)


@pytest.mark.parametrize("picked", [[2, 0, 2, 2, 1], [3], []])
def test_pick_and_add_at_are_a_product_with_a_selection(picked):
    index = np.array(picked, np.intp)
    selection = np.eye(4)[index]
    x = np.random.default_rng(1).standard_normal((4, 3))
    y = np.full((len(picked), 3), np.nan)
    rows.pick(x, index, y)
    np.testing.assert_array_equal(y, selection @ x)
    total = x.copy()
    rows.add_at(y, index, total, np.empty_like(y))
    np.testing.assert_allclose(total, x + selection.T @ y)
