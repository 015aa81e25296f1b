"""Columns of a batch, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import im2col
from tests.harness import naive
from tests.kernels.convolution.cases import random_case


@pytest.mark.parametrize("seed", range(20))
def test_columns_and_back(seed: int) -> None:
    x, _, _, dy, window, _ = random_case(np.random.default_rng(1000 + seed))
    out = dy.shape[2:]
    cols = np.full((*x.shape[:2], *window.kernel, *out), np.nan)
    im2col.im2col(x, window, cols)
    np.testing.assert_array_equal(cols, naive.im2col(x, out, *window))
    # The transpose of a linear map: <im2col(x), c> = <x, col2im(c)> for any c.
    other = np.random.default_rng(seed).standard_normal(cols.shape)
    back = np.full_like(x, np.nan)
    im2col.col2im(other, window, back)
    np.testing.assert_allclose((cols * other).sum(), (x * back).sum(), rtol=1e-10)
    assert window.transposed_out(out)[0] <= x.shape[2]
