"""Convolution against plain loops: many random shapes, all lowerings, any cut into chunks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels import columns, conv, depthwise, im2col, threads
from protonet.kernels.im2col import Window
from tests.harness import naive

Case = tuple[NDArray, NDArray, NDArray, NDArray, Window, int]


def numbers(rng: np.random.Generator, low: int, high: int, count: int) -> tuple[int, ...]:
    return tuple(int(n) for n in rng.integers(low, high, count))


def random_case(rng: np.random.Generator) -> Case:
    """x, w, b, dy of random sizes, their window and group."""
    axes = int(rng.choice([1, 2, 2, 2, 3]))
    kernel, pad = numbers(rng, 1, 5 if axes < 3 else 3, axes), numbers(rng, 0, 3, axes)
    stride, dilation = numbers(rng, 1, 4, axes), numbers(rng, 1, 3, axes)
    if rng.random() < 0.4:
        stride = (1,) * axes
    if rng.random() < 0.15:
        kernel, stride, pad = (1,) * axes, (1,) * axes, (0,) * axes
    window = Window(kernel, stride, pad, dilation)
    room = numbers(rng, 0, 6 if axes < 3 else 3, axes)
    size = tuple(max(e - 2 * p, 1) + r for e, p, r in zip(window.extent, pad, room))
    group = int(rng.choice([1, 1, 2, 3]))
    inputs, outputs = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    if rng.random() < 0.15:
        inputs = 9  # many channels: groups one by one
    x = rng.standard_normal((int(rng.integers(1, 5)), group * inputs, *size))
    w = rng.standard_normal((group * outputs, inputs, *kernel))
    dy = rng.standard_normal((len(x), len(w), *window.out(size)))
    return x, w, rng.standard_normal(len(w)), dy, window, group


def all_kernels(case: Case) -> dict[str, NDArray]:
    x, w, b, dy, window, group = case
    got = {"y": np.full_like(dy, np.nan), "dx": np.full_like(x, np.nan)}
    got |= {"plain": np.full_like(dy, np.nan), "dw": np.ones_like(w), "db": np.ones_like(b)}
    got |= {"dw alone": np.ones_like(w), "db alone": np.ones_like(b)}
    conv.forward(x, w, b, got["y"], window, group)
    conv.forward(x, w, None, got["plain"], window, group)
    conv.add_bias(got["plain"], b)
    got["dx alone"] = np.full_like(x, np.nan)
    conv.backward(x, dy, w, got["dw"], got["db"], got["dx"], window, group)
    conv.backward(x, dy, w, got["dw alone"], None, None, window, group)
    conv.backward(x, dy, w, None, got["db alone"], None, window, group)
    conv.backward(None, dy, w, None, None, got["dx alone"], window, group)
    return got


@pytest.mark.parametrize("seed", range(120))
def test_random_shapes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    # Small chunks too, so that images and rows are cut.
    monkeypatch.setattr(columns, "COLUMNS", int(rng.choice([1, 100, 1 << 18])))
    monkeypatch.setattr(columns, "POSITIONS", int(rng.choice([4, 256])))
    monkeypatch.setattr(conv, "PARTIALS", int(rng.choice([1, 1 << 20])))
    columns.plan.cache_clear()
    case = random_case(rng)
    got = all_kernels(case)
    columns.plan.cache_clear()
    x, w, b, dy, window, group = case
    y = naive.conv(x, w, b, *window, group)
    dx, dw, db = naive.conv_backward(x, w, dy, *window, group)
    assert y.shape == dy.shape
    want = {"y": y, "plain": y, "dx": dx, "dw": 1 + dw, "dw alone": 1 + dw, "db": 1 + db}
    want["db alone"], want["dx alone"] = want["db"], dx
    for name, array in want.items():
        np.testing.assert_allclose(got[name], array, rtol=1e-10, atol=1e-10, err_msg=name)


SMALL: dict[str, tuple[Any, ...]] = {
    "line by line": ((3, 10, 9, 7), (3, 10, 5, 3), (1, 1), (0, 1), 1),
    "line by line, strided": ((2, 10, 9, 11), (3, 10, 5, 3), (1, 2), (1, 0), 1),
    "all at once": ((2, 10, 6, 7), (3, 10, 3, 3), (1, 1), (1, 1), 1),
    "strided": ((2, 10, 8, 9), (3, 10, 3, 4), (2, 3), (0, 1), 1),
    "groups one by one": ((2, 16, 6, 5), (4, 8, 3, 2), (1, 1), (1, 0), 2),
}


DEPTHWISE: dict[str, tuple[Any, ...]] = {
    "plain": ((3, 6, 9, 7), (3, 3), (1, 1), (1, 1)),
    "padding above": ((2, 5, 6, 8), (3, 2), (2, 0), (1, 1)),
    "padding beside": ((2, 9, 6, 8), (2, 3), (0, 2), (1, 1)),
    "dilated": ((4, 3, 9, 11), (3, 2), (1, 3), (2, 3)),
    "one line": ((2, 4, 1, 9), (1, 4), (0, 1), (1, 1)),
    "far padding": ((2, 4, 4, 3), (2, 2), (3, 4), (1, 1)),
}


@pytest.mark.parametrize("columns_of_a_task", [1, 1000, 1 << 20])
@pytest.mark.parametrize("name", DEPTHWISE)
def test_depthwise(name: str, columns_of_a_task: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depthwise, "LEAST", 1)
    monkeypatch.setattr(depthwise, "COLUMNS", columns_of_a_task)
    depthwise.plan.cache_clear()
    x_shape, kernel, pad, dilation = DEPTHWISE[name]
    rng = np.random.default_rng(9)
    window, group = Window(kernel, (1, 1), pad, dilation), x_shape[1]
    x, w = rng.standard_normal(x_shape), rng.standard_normal((group, 1, *kernel))
    b, dy = (
        rng.standard_normal(group),
        rng.standard_normal((*x_shape[:2], *window.out(x_shape[2:]))),
    )
    assert depthwise.suits(x, dy, w, window, group)
    got = all_kernels((x, w, b, dy, window, group))
    depthwise.plan.cache_clear()
    dx, dw, db = naive.conv_backward(x, w, dy, *window, group)
    want = {"y": naive.conv(x, w, b, *window, group), "dx": dx, "dw": 1 + dw, "db": 1 + db}
    want |= {"dw alone": 1 + dw, "db alone": 1 + db, "dx alone": dx}
    for key, array in want.items():
        np.testing.assert_allclose(got[key], array, rtol=1e-10, atol=1e-10, err_msg=key)


@pytest.mark.parametrize("name", SMALL)
def test_each_way_with_channels_last(name: str) -> None:
    x_shape, w_shape, stride, pad, group = SMALL[name]
    rng = np.random.default_rng(8)
    window = Window(w_shape[2:], stride, pad, (1, 1))
    x, w, b = (rng.standard_normal(shape) for shape in (x_shape, w_shape, w_shape[:1]))
    dy = rng.standard_normal((len(x), len(w), *window.out(x_shape[2:])))
    got = all_kernels((x, w, b, dy, window, group))
    dx, dw, db = naive.conv_backward(x, w, dy, *window, group)
    want = {"y": naive.conv(x, w, b, *window, group), "dx": dx, "dw": 1 + dw, "db": 1 + db}
    for key, array in want.items():
        np.testing.assert_allclose(got[key], array, rtol=1e-10, atol=1e-10, err_msg=key)


@pytest.mark.parametrize("kernel", [(3, 2), (1, 1)])
def test_an_empty_batch(kernel: tuple[int, int]) -> None:
    window = Window(kernel, (1, 1), (0, 0), (1, 1))
    x, w, b = np.ones((0, 4, 5, 5)), np.ones((6, 2, *kernel)), np.ones(6)
    dy = np.ones((0, 6, *window.out((5, 5))))
    got = all_kernels((x, w, b, dy, window, 2))
    assert (got["dw"] == 1).all() and (got["db"] == 1).all()


def test_nothing_but_padding() -> None:
    window = Window((3, 3), (1, 1), (2, 2), (1, 1))
    x, w, b = np.ones((2, 3, 0, 4)), np.ones((5, 3, 3, 3)), np.arange(5.0)
    dy = np.ones((2, 5, *window.out((0, 4))))
    got = all_kernels((x, w, b, dy, window, 1))
    assert (got["y"] == b[:, None, None]).all()
    assert (got["dw"] == 1).all()
    assert (got["db"] == 1 + dy[:, 0].size).all()


SHAPES: dict[str, tuple[Any, ...]] = {
    "planes": ((9, 1, 20, 18), (6, 1, 5, 5), (1, 1), (0, 0), 1),
    "last": ((9, 12, 12, 10), (7, 12, 5, 5), (1, 1), (0, 0), 1),
    "rows": ((1, 40, 40, 37), (16, 40, 3, 3), (1, 1), (1, 1), 1),
    "strided": ((2, 3, 47, 51), (8, 3, 7, 7), (4, 3), (1, 2), 1),
    "point": ((3, 24, 13, 11), (10, 24, 1, 1), (1, 1), (0, 0), 1),
    "depthwise": ((2, 32, 20, 21), (32, 1, 3, 3), (2, 1), (1, 1), 32),
    "large depthwise": ((3, 32, 41, 42), (32, 1, 3, 3), (1, 1), (1, 1), 32),
}


@pytest.mark.parametrize("name", SHAPES)
def test_bits_do_not_depend_on_the_number_of_threads(name: str, any_threads: None) -> None:
    x_shape, w_shape, stride, pad, group = SHAPES[name]
    rng = np.random.default_rng(5)
    window = Window(w_shape[2:], stride, pad, (1, 1))
    x, w, b = (rng.standard_normal(s, np.float32) for s in (x_shape, w_shape, w_shape[:1]))
    dy = rng.standard_normal((len(x), len(w), *window.out(x_shape[2:])), np.float32)
    results = []
    for count in (1, 2, 8):
        threads.set_num_threads(count)
        results.append(all_kernels((x, w, b, dy, window, group)))
    for other in results[1:]:
        for key, array in other.items():
            assert np.array_equal(array, results[0][key]), key


@pytest.mark.parametrize("name", SHAPES)
def test_single_precision_is_near_the_double(name: str) -> None:
    x_shape, w_shape, stride, pad, group = SHAPES[name]
    rng = np.random.default_rng(6)
    window = Window(w_shape[2:], stride, pad, (1, 1))
    arrays = [rng.standard_normal(s) for s in (x_shape, w_shape, w_shape[:1])]
    arrays.append(rng.standard_normal((x_shape[0], w_shape[0], *window.out(x_shape[2:]))))
    double = all_kernels((*arrays, window, group))  # type: ignore[arg-type]
    single = all_kernels((*(a.astype(np.float32) for a in arrays), window, group))  # type: ignore[arg-type]
    for name, array in single.items():
        assert array.dtype == np.float32
        largest = np.abs(double[name]).max()
        assert np.abs(array - double[name]).max() <= 5e-6 * largest, name


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
