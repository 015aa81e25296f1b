"""Matrix products, cut by shape."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import gemm, threads


@pytest.mark.parametrize(
    ("m", "k", "n"), [(700, 300, 90), (90, 300, 700), (3, 4, 5), (1, 900, 999)]
)
@pytest.mark.parametrize("add", [False, True])
def test_products_are_numpys(m: int, k: int, n: int, add: bool) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
    out = np.ones((m, n))
    gemm.gemm(a, b, out, add)
    np.testing.assert_allclose(out, a @ b + add, rtol=1e-12, atol=1e-12)


def test_only_large_products_are_cut() -> None:
    a, b, out = np.ones((64, 64)), np.ones((64, 64)), np.ones((64, 64))
    assert len(gemm._pieces(gemm.Gemm(a, b, out))) == 1
    a, b, out = np.ones((2000, 64)), np.ones((64, 512)), np.ones((2000, 512))
    pieces = gemm._pieces(gemm.Gemm(a, b, out))
    assert 2 <= len(pieces) <= 8
    assert sum(len(piece.out) for piece in pieces) == 2000


def test_a_small_product_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "run", lambda *args: pytest.fail("handed out"))
    rng = np.random.default_rng(3)
    a, b, out = rng.random((5, 7)), rng.random((7, 3)), np.ones((5, 3))
    gemm.gemm(a, b, out, add=True)
    np.testing.assert_allclose(out, 1 + np.einsum("ik,kj->ij", a, b))
    gemm.gemm(a, b, out)
    np.testing.assert_allclose(out, np.einsum("ik,kj->ij", a, b))
