"""Random convolutions, and all that the kernels make of one."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from protonet.kernels import convolution
from protonet.kernels.windows import Window
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


def finished(
    x: NDArray, w: NDArray, b: NDArray, dy: NDArray, window: Window, group: int
) -> NDArray:
    """A forward into the middle channels of a wider array, whose epilogue adds 1 to what is
    written; it must leave the others alone."""
    m = len(w)
    wider = np.full((len(dy), m + 5, *dy.shape[2:]), np.nan, dy.dtype)
    y = wider[:, 2 : m + 2]
    places = y.reshape(len(dy), m, prod(dy.shape[2:]))

    def add(piece: convolution.Piece) -> convolution.Task:
        def task() -> None:
            assert np.isfinite(places[piece]).all()
            places[piece] += 1

        return task

    convolution.forward(x, w, b, y, window, group, add)
    assert np.isnan(wider[:, :2]).all() and np.isnan(wider[:, m + 2 :]).all()
    return y


def all_kernels(case: Case) -> dict[str, NDArray]:
    x, w, b, dy, window, group = case
    got = {"y": np.full_like(dy, np.nan), "dx": np.full_like(x, np.nan)}
    got |= {"plain": np.full_like(dy, np.nan), "dw": np.ones_like(w), "db": np.ones_like(b)}
    got |= {"dw alone": np.ones_like(w), "db alone": np.ones_like(b)}
    convolution.forward(x, w, b, got["y"], window, group)
    convolution.forward(x, w, None, got["plain"], window, group)
    convolution.add_bias(got["plain"], b)
    got["finished"] = finished(*case) - 1
    got["dx alone"] = np.full_like(x, np.nan)
    convolution.backward(x, dy, w, got["dw"], got["db"], got["dx"], window, group)
    convolution.backward(x, dy, w, got["dw alone"], None, None, window, group)
    convolution.backward(x, dy, w, None, got["db alone"], None, window, group)
    convolution.backward(None, dy, w, None, None, got["dx alone"], window, group)
    got |= {"dx, not dw": np.full_like(x, np.nan), "db, not dw": np.ones_like(b)}
    convolution.backward(x, dy, w, None, got["db, not dw"], got["dx, not dw"], window, group)
    return got


def wanted(case: Case) -> dict[str, NDArray]:
    """The same by plain loops."""
    x, w, b, dy, window, group = case
    y = naive.conv(x, w, b, *window, group)
    dx, dw, db = naive.conv_backward(x, w, dy, *window, group)
    want = {"y": y, "plain": y, "finished": y, "dx": dx, "dx alone": dx, "dx, not dw": dx}
    want |= {"dw": 1 + dw, "dw alone": 1 + dw}
    return want | {key: 1 + db for key in ("db", "db alone", "db, not dw")}


def check(got: dict[str, NDArray], case: Case) -> None:
    for name, array in wanted(case).items():
        np.testing.assert_allclose(got[name], array, rtol=1e-10, atol=1e-10, err_msg=name)
