"""Winograd's transforms and the convolutions made of them, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels import convolution, threads
from protonet.kernels.convolution import choose, runs, tiling, winograd
from protonet.kernels.windows import Window
from tests.harness import naive
from tests.kernels.convolution.cases import finished

Arrays = tuple[NDArray, NDArray, NDArray, NDArray]

#: images, channels, size, outputs, pad, kernel
SHAPES = {
    "whole tiles": (2, 3, (8, 12), 4, (1, 1), 3),
    "tiles that stick out": (3, 2, (9, 7), 5, (1, 1), 3),
    "no padding above": (1, 4, (11, 14), 3, (0, 1), 3),
    "no padding beside": (2, 3, (7, 10), 2, (1, 0), 3),
    "padding all round": (2, 3, (5, 6), 4, (2, 2), 3),
    "high": (1, 2, (33, 6), 3, (1, 2), 3),
    "larger, whole": (2, 3, (8, 12), 4, (2, 2), 5),
    "larger, sticking out": (3, 2, (9, 7), 5, (1, 2), 5),
    "larger, no padding": (2, 4, (12, 9), 2, (0, 0), 5),
    "larger, padding all round": (1, 3, (5, 6), 4, (4, 3), 5),
}

#: Of the largest value, in single precision, by the size of the kernel.
LOSS = {3: 5e-6, 5: 1e-5}


@pytest.fixture(autouse=True)
def small_ones_too(fresh_plans: None, any_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("CHANNELS", "TILES"):
        monkeypatch.setattr(winograd, limit, 1)
    monkeypatch.setattr(tiling, "VALUES", 300)
    monkeypatch.setattr(tiling, "LEAST", 1)
    monkeypatch.setattr(runs, "CHANNELS", 0)


def cut_by_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, value in (("HEAVY", 0), ("PLANE", 10**6), ("VECTOR", 1), ("LARGEST", 300)):
        monkeypatch.setattr(tiling, limit, value)


def arrays(name: str, group: int = 1) -> tuple[Arrays, Window]:
    images, channels, size, outputs, pad, kernel = SHAPES[name]
    rng = np.random.default_rng(3)
    window = Window((kernel, kernel), (1, 1), pad, (1, 1))
    x = rng.standard_normal((images, group * channels, *size))
    w = rng.standard_normal((group * outputs, channels, *window.kernel))
    dy = rng.standard_normal((images, len(w), *window.out(size)))
    return (x, w, rng.standard_normal(len(w)), dy), window


def results(given: Arrays, window: Window) -> dict[str, NDArray]:
    x, w, b, dy = given
    y, dx = np.full_like(dy, np.nan), np.full_like(x, np.nan)
    dw, db = np.ones_like(w), np.ones_like(b)
    group = x.shape[1] // w.shape[1]
    convolution.forward(x, w, b, y, window, group)
    convolution.backward(x, dy, w, dw, db, dx, window, group)
    return {"y": y, "dx": dx, "dw": dw, "db": db}


def wanted(given: Arrays, window: Window) -> dict[str, NDArray]:
    x, w, b, dy = given
    group = x.shape[1] // w.shape[1]
    dx, dw, db = naive.conv_backward(x, w, dy, *window, group)
    return {"y": naive.conv(x, w, b, *window, group), "dx": dx, "dw": 1 + dw, "db": 1 + db}


def used(given: Arrays, window: Window) -> bool:
    x, w, *_ = given
    return choose(x.shape, w.shape, window, 1, x.dtype).name == "winograd"


@pytest.mark.parametrize("by_channels", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_against_loops(name: str, by_channels: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    given, window = arrays(name)
    monkeypatch.setattr(winograd, "WASTE", 9.0)
    if by_channels:
        cut_by_channels(monkeypatch)
    assert used(given, window)
    got = results(given, window)
    for key, array in wanted(given, window).items():
        np.testing.assert_allclose(got[key], array, rtol=1e-10, atol=1e-10, err_msg=key)


@pytest.mark.parametrize("by_channels", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_pieces_are_finished_as_they_are_written(
    name: str, by_channels: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, window = arrays(name)
    monkeypatch.setattr(winograd, "WASTE", 9.0)
    monkeypatch.setattr(tiling, "VALUES", 36 * 8)
    if by_channels:
        cut_by_channels(monkeypatch)
    got, want = finished(*given, window, 1), wanted(given, window)["y"]
    np.testing.assert_allclose(got, want + 1, rtol=1e-10, atol=1e-10)


def test_few_large_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHAPES, "groups", (2, 8, (8, 8), 3, (1, 1), 3))
    given, window = arrays("groups", group=2)
    got = results(given, window)
    for key, array in wanted(given, window).items():
        np.testing.assert_allclose(got[key], array, rtol=1e-10, atol=1e-10, err_msg=key)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("channels", [2, 64, 256])
def test_single_precision_loses_little(
    channels: int, kernel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SHAPES, "many", (2, channels, (16, 16), 64, (1, 1), kernel))
    given, window = arrays("many")
    double = results(given, window)
    single = results(tuple(a.astype(np.float32) for a in given), window)  # type: ignore[arg-type]
    for key, array in single.items():
        assert array.dtype == np.float32
        assert np.abs(array - double[key]).max() <= LOSS[kernel] * np.abs(double[key]).max(), key


@pytest.mark.parametrize("by_channels", [False, True])
def test_bits_do_not_depend_on_the_number_of_threads(
    by_channels: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "SMALL", 0)
    if by_channels:
        cut_by_channels(monkeypatch)
    given, window = arrays("whole tiles")
    single: Arrays = tuple(a.astype(np.float32) for a in given)  # type: ignore[assignment]
    threads.set_num_threads(1)
    one = results(single, window)
    threads.set_num_threads(3)
    for key, array in results(single, window).items():
        assert np.array_equal(array, one[key]), key


@pytest.mark.parametrize(
    "window",
    [
        Window((3, 3), (2, 1), (1, 1), (1, 1)),
        Window((3, 3), (1, 1), (1, 1), (1, 2)),
        Window((3, 5), (1, 1), (1, 1), (1, 1)),
        Window((7, 7), (1, 1), (1, 1), (1, 1)),
        Window((3, 3), (1, 1), (3, 1), (1, 1)),
        Window((3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    ],
)
def test_only_what_it_can_do(window: Window) -> None:
    axes = len(window.kernel)
    shapes = (64, 64, *(16,) * axes), (64, 64, *window.kernel)
    assert choose(*shapes, window, 1, np.dtype(np.float32)).name != "winograd"
