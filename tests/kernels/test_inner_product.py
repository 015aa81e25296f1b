"""The products of a fully connected layer, small and large enough to be cut."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import inner_product, threads
from protonet.kernels.gemm import gemm

SIZES = [
    (1, 1, 1),
    (3, 5, 2),
    (64, 800, 500),
    (70, 300, 33),
    (1, 2000, 700),
    (4, 2500, 90),
    (150, 300, 33),
]


@pytest.mark.parametrize(("items", "inputs", "outputs"), SIZES)
def test_against_einsum(items: int, inputs: int, outputs: int) -> None:
    rng = np.random.default_rng(items)
    x, w = rng.standard_normal((items, inputs)), rng.standard_normal((outputs, inputs))
    b, dy = rng.standard_normal(outputs), rng.standard_normal((items, outputs))
    y, dx = np.full_like(dy, np.nan), np.full_like(x, np.nan)
    dw, db = np.ones_like(w), np.ones_like(b)
    inner_product.forward(x, w, b, y)
    np.testing.assert_allclose(y, np.einsum("nk,mk->nm", x, w) + b)
    inner_product.forward(x, np.asfortranarray(w), None, y)
    np.testing.assert_allclose(y, np.einsum("nk,mk->nm", x, w), atol=1e-12)
    inner_product.backward(x, w, dy, dx, dw)
    np.testing.assert_allclose(dx, np.einsum("nm,mk->nk", dy, w), atol=1e-12)
    np.testing.assert_allclose(dw, 1 + np.einsum("nm,nk->mk", dy, x), atol=1e-12)
    inner_product.backward(x, w, dy, None, dw)
    np.testing.assert_allclose(dw, 1 + 2 * np.einsum("nm,nk->mk", dy, x), atol=1e-12)
    inner_product.backward(x, w, dy, dx, None)
    np.testing.assert_allclose(dx, np.einsum("nm,mk->nk", dy, w), atol=1e-12)
    inner_product.backward_bias(dy, db)
    np.testing.assert_allclose(db, 1 + dy.sum(axis=0), atol=1e-12)


@pytest.mark.parametrize(("items", "inputs", "outputs"), SIZES)
def test_few_items_in_pieces(
    items: int, inputs: int, outputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(items)
    x, w = rng.standard_normal((items, inputs)), rng.standard_normal((outputs, inputs))
    b, want = rng.standard_normal(outputs), np.einsum("nk,mk->nm", x, w)
    for largest in (1, 10**4, 10**6):
        monkeypatch.setattr(inner_product, "LARGEST", max(largest, items * 12))
        y = np.full((items, outputs), np.nan)
        inner_product.forward(x, w, b, y)
        np.testing.assert_allclose(y, want + b, atol=1e-12)
        inner_product.forward(x, w, None, y)
        np.testing.assert_allclose(y, want, atol=1e-12)


@pytest.mark.parametrize(("items", "inputs", "outputs"), SIZES)
def test_gradient_of_few_items(
    items: int, inputs: int, outputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(items)
    dy, w = rng.standard_normal((items, outputs)), rng.standard_normal((outputs, inputs))
    want = np.einsum("nm,mk->nk", dy, w)
    for rows in (7, 512):  # several lots with one left over, and all at once
        monkeypatch.setattr(inner_product, "ROWS", rows)
        for weights in (w, np.asfortranarray(w)):
            dx = np.full((items, inputs), np.nan)
            inner_product.backward_few(dy, weights, dx)
            np.testing.assert_allclose(dx, want, atol=1e-12)


def test_gradient_of_few_items_reads_the_weights_as_they_lie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No product is so large that BLAS would put them in order first."""
    sizes, matmul = [], np.matmul

    def counted(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        assert np.shares_memory(b, w)
        sizes.append(a.shape[-2] * a.shape[-1] * b.shape[-1])
        matmul(a, b, out=out)

    dy, w = np.ones((16, 2048), np.float32), np.ones((2048, 512), np.float32)
    dx = np.empty((16, 512), np.float32)
    monkeypatch.setattr(np, "matmul", counted)
    inner_product.backward_few(dy, w, dx)
    assert max(sizes) <= inner_product.LARGEST
    assert (dx == 2048).all()


def test_no_item_and_no_input() -> None:
    b, y = np.arange(3.0), np.full((2, 3), np.nan)
    inner_product.forward(np.empty((2, 0)), np.empty((3, 0)), b, y)
    np.testing.assert_array_equal(y, [b, b])
    inner_product.forward(np.empty((0, 4)), np.empty((3, 4)), b, y[:0])


def test_bits_do_not_depend_on_the_number_of_threads() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((300, 200), np.float32), rng.standard_normal((200, 90), np.float32)
    few, weights = (rng.standard_normal(shape, np.float32) for shape in ((16, 1200), (1200, 500)))
    before, results = threads.num_threads(), []
    for count in (1, 2, 8):
        threads.set_num_threads(count)
        results.append((np.zeros((300, 90), np.float32), np.zeros((16, 500), np.float32)))
        gemm(a, b, results[-1][0])
        inner_product.backward_few(few, weights, results[-1][1])
    threads.set_num_threads(before)
    for result in results:
        np.testing.assert_array_equal(result[0], results[0][0])
        np.testing.assert_array_equal(result[1], results[0][1])
