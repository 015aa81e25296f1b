"""Local response normalisation against the formula, place by place."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import lrn
from protonet.kernels.lrn import Norm
from tests.harness import naive


@pytest.mark.parametrize("across", [True, False])
@pytest.mark.parametrize("beta", [0.75, 0.6])
@pytest.mark.parametrize("size", [1, 3, 7, 99])
@pytest.mark.parametrize("chunk", [1, 40, 1 << 15])
def test_formula(
    across: bool, beta: float, size: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lrn, "PIECE", chunk)
    rng = np.random.default_rng(size)
    x = rng.standard_normal((2, 5, 4, 3))
    rate = 2.0 / (size if across else size**2)
    norm = Norm(size, rate, beta, 1.5 if across else 1.0, across)
    s, y, dx = (np.full_like(x, np.nan) for _ in range(3))
    lrn.forward(x, s, y, norm)
    np.testing.assert_allclose(y, naive.lrn(x, size, 2.0, beta, 1.5, across), rtol=1e-12)
    # The gradient along a random direction, by differences of the plain formula.
    dy, step = rng.standard_normal(x.shape), 1e-6 * rng.standard_normal(x.shape)
    lrn.backward(x, s, dy, dx, norm)
    up, down = (naive.lrn(x + d, size, 2.0, beta, 1.5, across) for d in (step, -step))
    np.testing.assert_allclose((dx * step).sum(), (dy * (up - down)).sum() / 2, rtol=1e-7)
