"""Distances between rows against plain broadcasting and differences."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import distances, threads


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.normal(size=(7, 5)), rng.normal(size=(4, 5)), rng.normal(size=(7, 4))


def test_squared(rows: tuple[np.ndarray, ...]) -> None:
    x, w, dy = rows
    y = np.empty((7, 4))
    distances.squared(x, w, y)
    np.testing.assert_allclose(y, ((x[:, None] - w) ** 2).sum(axis=2), rtol=1e-10)
    dx, dw = np.empty_like(x), np.ones_like(w)
    distances.squared_backward(x, w, dy, dx, dw)
    part = 2 * (x[:, None] - w) * dy[..., None]
    np.testing.assert_allclose(dx, part.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(dw, 1 - part.sum(axis=0), rtol=1e-10)


def test_a_point_is_not_less_than_nothing_away_from_itself() -> None:
    x = np.random.default_rng(1).normal(size=(50, 9)).astype(np.float32) * 100
    y = np.empty((50, 50), np.float32)
    distances.squared(x, x, y)
    assert y.min() >= 0


@pytest.mark.parametrize("piece", [threads.PIECE, 45])  # 45: two rows at a time
def test_absolute(
    rows: tuple[np.ndarray, ...], piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "PIECE", piece)
    x, w, dy = rows
    y = np.empty((7, 4))
    distances.absolute(x, w, y)
    np.testing.assert_allclose(y, np.abs(x[:, None] - w).sum(axis=2), rtol=1e-12)
    dx, dw = np.empty_like(x), np.ones_like(w)
    distances.absolute_backward(x, w, dy, dx, dw)
    want_x, want_w = np.zeros_like(x), np.ones_like(w)
    for m, n, k in np.ndindex(7, 4, 5):
        want_x[m, k] += dy[m, n] if x[m, k] > w[n, k] else -1
        want_w[n, k] += dy[m, n] if w[n, k] > x[m, k] else -1
    np.testing.assert_allclose(dx, want_x, rtol=1e-12)
    np.testing.assert_allclose(dw, want_w, rtol=1e-12)


@pytest.mark.parametrize("absolute", [False, True])
def test_of_each_item_one_row_alone(rows: tuple[np.ndarray, ...], absolute: bool) -> None:
    x, w, _ = rows
    label, dy = np.array([0, 3, 3, 1, 0, 3, 0]), np.arange(1.0, 8)
    dw, want = np.zeros_like(w), np.zeros_like(w)
    distances.backward_at(x, w, dy, label, dw, absolute)
    fn = distances.absolute_backward if absolute else distances.squared_backward
    for m, n in enumerate(label):
        fn(x[m : m + 1], w[n : n + 1], dy[m].reshape(1, 1), None, want[n : n + 1])
    np.testing.assert_allclose(dw, want, rtol=1e-12)


def test_rows_of_length_one() -> None:
    w = np.array([[3.0, 4.0], [0.0, 0.0]])
    distances.normalise_rows(w, w)
    np.testing.assert_allclose(w, [[0.6, 0.8], [0, 0]], rtol=1e-6)
