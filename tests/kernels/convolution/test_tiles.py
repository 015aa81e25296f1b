"""Strided convolutions with one filter a channel, against plain loops and a bilinear formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import convolution, threads
from protonet.kernels.convolution import banded, choose, depthwise, tiles
from protonet.kernels.windows import Window
from tests.kernels.convolution.cases import Case, all_kernels, check

#: x, kernel, stride, pad
SHAPES: dict[str, tuple[Any, ...]] = {
    "whole tiles": ((2, 3, 12, 16), (4, 8), (2, 4), (0, 0)),
    "upsampling": ((2, 3, 10, 14), (4, 4), (2, 2), (1, 1)),
    "kernel of no whole strides": ((1, 4, 17, 16), (5, 4), (2, 3), (1, 2)),
    "cells behind the last window": ((1, 2, 14, 15), (4, 5), (4, 4), (0, 1)),
    "one axis strided": ((3, 2, 9, 9), (3, 3), (1, 2), (1, 0)),
    "padding wider than the kernel": ((1, 3, 7, 8), (3, 4), (3, 2), (4, 5)),
    "one line": ((2, 5, 13), (6,), (3,), (2,)),
    "three axes": ((2, 2, 6, 5, 7), (2, 3, 4), (2, 1, 2), (1, 1, 0)),
}


@pytest.fixture(autouse=True)
def small_ones_too(fresh_plans: None, any_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "CELLS", 1)
    monkeypatch.setattr(banded, "SEES", 0)
    monkeypatch.setattr(depthwise, "CELLS", 0)


def given(name: str, dtype: type = np.float64) -> Case:
    x_shape, kernel, stride, pad = SHAPES[name]
    rng = np.random.default_rng(7)
    window = Window(kernel, stride, pad, (1,) * len(kernel))
    group = x_shape[1]
    dy_shape = (*x_shape[:2], *window.out(x_shape[2:]))
    shapes = (x_shape, (group, 1, *kernel), (group,), dy_shape)
    x, w, b, dy = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    assert choose(x.shape, w.shape, window, group, x.dtype).name == "tiles"
    return x, w, b, dy, window, group


#: x, w, stride, pad, groups: several channels of a group.
DENSE: dict[str, tuple[Any, ...]] = {
    "whole tiles": ((2, 4, 16, 24), (3, 4, 8, 16), (4, 8), (0, 0), 1),
    "cut off by padding": ((1, 6, 17, 21), (4, 3, 5, 9), (3, 8), (2, 3), 2),
    "cells behind the last window": ((2, 2, 9, 30), (2, 1, 3, 10), (2, 9), (1, 0), 2),
    "one line": ((2, 3, 40), (2, 3, 16), (8,), (5,), 1),
}


@pytest.mark.parametrize("name", DENSE)
def test_long_steps_for_any_channels(name: str) -> None:
    x_shape, w_shape, stride, pad, group = DENSE[name]
    rng = np.random.default_rng(8)
    window = Window(w_shape[2:], stride, pad, (1,) * len(stride))
    dy_shape = (x_shape[0], w_shape[0], *window.out(x_shape[2:]))
    x, w, b, dy = (rng.standard_normal(s) for s in (x_shape, w_shape, w_shape[:1], dy_shape))
    assert choose(x.shape, w.shape, window, group, x.dtype).name == "tiles"
    case = (x, w, b, dy, window, group)
    check(all_kernels(case), case)


@pytest.mark.parametrize("name", SHAPES)
def test_rows_of_tiles(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "LONG", 1)
    case = given(name)
    check(all_kernels(case), case)


@pytest.mark.parametrize("values", [1, 1000, 1 << 18])
@pytest.mark.parametrize("name", SHAPES)
def test_against_loops(name: str, values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "VALUES", values)
    case = given(name)
    check(all_kernels(case), case)


@pytest.mark.parametrize("name", SHAPES)
def test_bits_do_not_depend_on_the_number_of_threads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "VALUES", 100)
    case = given(name, np.float32)
    threads.set_num_threads(1)
    one = all_kernels(case)
    threads.set_num_threads(3)
    for key, array in all_kernels(case).items():
        assert np.array_equal(array, one[key]), key


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_bilinear_upsampling_of_a_slope_is_a_slope(factor: int) -> None:
    """Long's filters interpolate: what is linear stays so away from the edge."""
    kernel, pad = 2 * factor - factor % 2, (factor - factor % 2) // 2
    centre = (kernel - 1) / 2
    line = 1 - np.abs(np.arange(kernel) - centre) / factor
    small = np.arange(10)[:, None] + 3.0 * np.arange(12)
    window = Window((kernel,) * 2, (factor,) * 2, (pad,) * 2, (1, 1))
    large = np.full((1, 4, *window.transposed_out((10, 12))), np.nan)
    w = np.broadcast_to(np.outer(line, line), (4, 1, kernel, kernel)).copy()
    dy = np.broadcast_to(small, (1, 4, 10, 12)).copy()
    convolution.backward(None, dy, w, None, None, large, window, 4)
    inside = large[0, 2, factor:-factor, factor:-factor]
    np.testing.assert_allclose(np.diff(inside, axis=0), 1 / factor, rtol=1e-10)
    np.testing.assert_allclose(np.diff(inside, axis=1), 3 / factor, rtol=1e-10)
