"""Pooling against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import pool, stochastic_pool, threads
from protonet.kernels.pool import Pool
from tests.harness import naive

Pair = tuple[int, int]


def pair(rng: np.random.Generator, low: int, high: int) -> Pair:
    a, b = rng.integers(low, high, 2)
    return int(a), int(b)


def random_pool(rng: np.random.Generator) -> tuple[Pair, Pool]:
    kernel, stride = pair(rng, 1, 5), pair(rng, 1, 5)
    pad = (int(rng.integers(kernel[0])), int(rng.integers(kernel[1])))
    if rng.random() < 0.4:
        pad = (0, 0)
    size = (int(rng.integers(kernel[0], 12)), int(rng.integers(kernel[1], 12)))
    if rng.random() < 0.1:
        kernel, stride, pad = size, (1, 1), (0, 0)
    out = pool.out_size(size, kernel, stride, pad, bool(rng.random() < 0.5))
    window = Pool(kernel, stride, pad, out)
    cells = naive.pool_windows(size, out, kernel, stride, pad)
    return (size, window) if all(inside for _, _, inside, _ in cells) else random_pool(rng)


@pytest.mark.parametrize("method", ["max", "ave", "weighted"])
@pytest.mark.parametrize("seed", range(40))
def test_random_windows(method: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    monkeypatch.setattr(pool, "PIECE", int(rng.choice([1, 1 << 17])))
    size, window = random_pool(rng)
    # Whole numbers: there are ties.
    x = rng.integers(0, 4, (3, *size)).astype(float) + (method == "weighted")
    dy = rng.standard_normal((3, *window.out))
    y, dx = np.full_like(dy, np.nan), np.full_like(x, np.nan)
    want, gradient, index = naive.pool(x, dy, window.out, *window[:3], method)
    if method == "max":
        mask, cells = np.zeros(dy.shape, window.mask_dtype()), np.zeros_like(dy)
        pool.max_forward(x, y, mask, window)
        pool.max_backward(dy, mask, dx, window)
        pool.max_index(mask, window, size, cells)
        np.testing.assert_array_equal(cells, index)
        again = np.full_like(dy, np.nan)
        pool.max_forward(x, again, None, window)
        np.testing.assert_array_equal(again, y)
    elif method == "ave":
        pool.ave_forward(x, y, window)
        pool.ave_backward(dy, dx, window)
    else:
        total = np.zeros_like(dy)
        stochastic_pool.weighted_forward(x, y, total, window)
        stochastic_pool.weighted_backward(x, total, dy, dx, window)
    np.testing.assert_allclose(y, want, rtol=1e-12)
    np.testing.assert_allclose(dx, gradient, rtol=1e-12, atol=1e-12)


def one_window(values: list[float]) -> tuple[np.ndarray, Pool]:
    return np.array(values, float).reshape(1, 2, 2), Pool((2, 2), (2, 2), (0, 0), (1, 1))


@pytest.mark.parametrize(
    "window", [Pool((2, 2), (2, 2), (0, 0), (1, 1)), Pool((3, 3), (2, 2), (1, 1), (1, 1))]
)
def test_not_a_number_is_passed_on(window: Pool) -> None:
    for place in range(4):
        x = np.zeros((1, 2, 2))
        x.flat[place] = np.nan
        y, mask = np.zeros((1, 1, 1)), np.zeros((1, 1, 1), np.uint8)
        pool.max_forward(x, y, mask, window)
        assert np.isnan(y[0, 0, 0])


def test_nothing_but_minus_infinity() -> None:
    window = Pool((2, 2), (2, 2), (1, 1), (2, 2))
    x = np.full((1, 3, 3), -np.inf)
    y, mask, cells = np.zeros((1, 2, 2)), np.zeros((1, 2, 2), np.uint8), np.zeros((1, 2, 2))
    pool.max_forward(x, y, mask, window)
    pool.max_index(mask, window, (3, 3), cells)
    assert (y <= np.finfo(float).min).all()
    assert (cells >= 0).all() and (cells < 9).all()
    dx = np.full_like(x, np.nan)
    pool.max_backward(np.ones_like(y), mask, dx, window)
    assert np.isfinite(dx).all()


def test_a_window_outside_of_the_plane() -> None:
    size, kernel, stride = (6, 6), (1, 1), (4, 4)
    out = pool.out_size(size, kernel, stride, (0, 0), True)
    assert out == (3, 3)  # the last windows start at 8
    window, x = Pool(kernel, stride, (0, 0), out), np.arange(36.0).reshape(1, 6, 6)
    y, mask, dx = np.ones((1, 3, 3)), np.zeros((1, 3, 3), np.uint8), np.full_like(x, np.nan)
    pool.max_forward(x, y, mask, window)
    pool.max_backward(np.ones_like(y), mask, dx, window)
    np.testing.assert_array_equal(y[0, :2, :2], x[0, ::4, ::4])
    assert (y[0, 2] == np.finfo(float).min).all()
    assert dx.sum() == 4
    pool.ave_forward(x, y, window)
    assert not y[0, 2].any()


def test_an_infinite_gradient_stays_in_its_cell() -> None:
    x, window = one_window([1, 4, 2, 3])
    y, mask, dx = np.zeros((1, 1, 1)), np.zeros((1, 1, 1), np.uint8), np.full_like(x, np.nan)
    pool.max_forward(x, y, mask, window)
    for gradient in (np.inf, np.nan):
        pool.max_backward(np.full_like(y, gradient), mask, dx, window)
        np.testing.assert_array_equal(dx.reshape(-1), [0, gradient, 0, 0])


def test_windows_of_many_cells() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 40, 40))
    window = Pool((30, 30), (10, 10), (0, 0), (2, 2))
    y, dx = np.zeros((2, 2, 2)), np.full_like(x, np.nan)
    mask = np.zeros(y.shape, window.mask_dtype())
    pool.max_forward(x, y, mask, window)
    pool.max_backward(np.ones_like(y), mask, dx, window)
    want, gradient, _ = naive.pool(x, np.ones_like(y), (2, 2), *window[:3], "max")
    np.testing.assert_array_equal(y, want)
    np.testing.assert_array_equal(dx, gradient)


def test_bits_do_not_depend_on_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PIECE", 1 << 13)  # several pieces
    rng = np.random.default_rng(2)
    x = rng.standard_normal((50, 30, 31), np.float32)
    window = Pool((3, 3), (2, 2), (1, 1), (15, 16))
    before, results = threads.num_threads(), []
    for count in (1, 2, 8):
        threads.set_num_threads(count)
        y, dx = np.zeros((50, 15, 16), np.float32), np.zeros_like(x)
        pool.ave_forward(x, y, window)
        pool.ave_backward(y, dx, window)
        results.append((y, dx))
    threads.set_num_threads(before)
    for y, dx in results[1:]:
        assert np.array_equal(y, results[0][0]) and np.array_equal(dx, results[0][1])


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad", "ceil", "out"),
    [
        (6, 3, 2, 0, True, 3),  # ceil((6 - 3) / 2) + 1
        (6, 3, 2, 0, False, 2),
        (5, 2, 2, 1, True, 3),  # a fourth window would start at 5, outside
        (3, 4, 2, 0, True, 1),  # wider than the plane, saved by rounding up
        (3, 5, 1, 0, True, -1),
    ],
)
def test_out_size(size: int, kernel: int, stride: int, pad: int, ceil: bool, out: int) -> None:
    got = pool.out_size((size, size), (kernel,) * 2, (stride,) * 2, (pad,) * 2, ceil)
    assert got == (out, out)


def test_padding_one_axis_drops_windows_on_both() -> None:
    # Along the first axis (unpadded) the last window starts at 5 >= 5 + 0.
    assert pool.out_size((5, 5), (1, 3), (5, 2), (0, 1), True) == (1, 3)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_each_gradient_goes_to_one_maximum_also_of_windows_that_overlap(stride: int) -> None:
    window = Pool((3, 3), (stride, stride), (0, 0), (4, 4))
    height, width = window.frame
    x = np.random.default_rng(1).permutation(2.0 * np.arange(height * width))
    x = np.stack([x, x[::-1]]).reshape(2, height, width)
    y, dx = np.empty((2, 4, 4)), np.empty_like(x)
    mask = np.empty(y.shape, np.uint8)
    pool.max_forward(x, y, mask, window)
    pool.max_backward(np.ones_like(y), mask, dx, window)
    for plane, given, got in zip(x, dx, y):
        values, counts = np.unique(got, return_counts=True)
        named = given > 0
        order = np.argsort(plane[named])
        np.testing.assert_array_equal(plane[named][order], values)
        np.testing.assert_array_equal(given[named][order], counts)
