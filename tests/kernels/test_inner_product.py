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


def test_no_item_and_no_input() -> None:
    b, y = np.arange(3.0), np.full((2, 3), np.nan)
    inner_product.forward(np.empty((2, 0)), np.empty((3, 0)), b, y)
    np.testing.assert_array_equal(y, [b, b])
    inner_product.forward(np.empty((0, 4)), np.empty((3, 4)), b, y[:0])


def test_bits_do_not_depend_on_the_number_of_threads() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((300, 200), np.float32), rng.standard_normal((200, 90), np.float32)
    before, results = threads.num_threads(), []
    for count in (1, 2, 8):
        threads.set_num_threads(count)
        results.append(np.zeros((300, 90), np.float32))
        gemm(a, b, results[-1])
    threads.set_num_threads(before)
    assert all(np.array_equal(result, results[0]) for result in results)
