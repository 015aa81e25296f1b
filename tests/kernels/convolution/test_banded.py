"""Depthwise convolutions as products with bands, against plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import convolution
from protonet.kernels.convolution import banded, choose, depthwise
from protonet.kernels.windows import Window
from tests.harness import naive
from tests.kernels.convolution.cases import all_kernels, check

ONE = (1, 1)


@pytest.fixture(autouse=True)
def none_by_moved_planes(fresh_plans: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depthwise, "CELLS", 0)


#: x, kernel, stride, pad, dilation
DEPTHWISE: dict[str, tuple[Any, ...]] = {
    "plain": ((3, 6, 9, 7), (3, 3), ONE, ONE, ONE),
    "padding above": ((2, 5, 6, 8), (3, 2), ONE, (2, 0), ONE),
    "padding beside": ((2, 9, 6, 8), (2, 3), ONE, (0, 2), ONE),
    "dilated": ((4, 3, 9, 11), (3, 2), ONE, (1, 3), (2, 3)),
    "one line": ((2, 4, 1, 9), (1, 4), ONE, (0, 1), ONE),
    "far padding": ((2, 4, 4, 3), (2, 2), ONE, (3, 4), ONE),
    "whole blocks": ((2, 3, 5, 28), (3, 3), ONE, ONE, ONE),
    "a last block that hangs over": ((3, 4, 4, 35), (3, 3), ONE, ONE, ONE),
    "strided": ((2, 5, 13, 14), (3, 3), (2, 2), ONE, ONE),
    "strides that leave cells over": ((2, 3, 12, 42), (3, 5), (2, 3), (1, 2), ONE),
    "strided and dilated": ((2, 3, 13, 23), (2, 3), (3, 2), (1, 2), (2, 2)),
    "strides beyond the kernel": ((2, 3, 9, 11), (1, 2), (2, 3), (0, 0), ONE),
}


@pytest.mark.parametrize("values_of_a_piece", [1, 300, 1 << 17])
@pytest.mark.parametrize("name", DEPTHWISE)
def test_against_loops(name: str, values_of_a_piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(banded, "VALUES", values_of_a_piece)
    x_shape, kernel, stride, pad, dilation = DEPTHWISE[name]
    rng = np.random.default_rng(9)
    window, group = Window(kernel, stride, pad, dilation), x_shape[1]
    x, w = rng.standard_normal(x_shape), rng.standard_normal((group, 1, *kernel))
    b, dy = (
        rng.standard_normal(group),
        rng.standard_normal((*x_shape[:2], *window.out(x_shape[2:]))),
    )
    assert choose(x.shape, w.shape, window, group, x.dtype).name == "banded"
    case = (x, w, b, dy, window, group)
    check(all_kernels(case), case)


@pytest.mark.parametrize("where", ["x", "w", "dy"])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_stays_in_its_windows(where: str, value: float) -> None:
    rng = np.random.default_rng(3)
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    arrays = {"x": rng.random((2, 3, 6, 30)), "w": rng.random((3, 1, 3, 3))}
    arrays["dy"] = rng.random((2, 3, 6, 30))
    arrays[where][-1, 0, 1, 2] = value
    x, w, dy = arrays.values()
    y, dx, dw = np.empty_like(dy), np.empty_like(x), np.zeros_like(w)
    with np.errstate(all="ignore"):
        convolution.forward(x, w, None, y, window, 3)
        convolution.backward(x, dy, w, dw, None, dx, window, 3)
        want_y = naive.conv(x, w, np.zeros(3), *window, 3)
        want_dx, want_dw, _ = naive.conv_backward(x, w, dy, *window, 3)
    # The weights meet the padding too, as Caffe's columns hold it; the loops leave it out.
    inside = (..., slice(1, -1), slice(1, -1)) if where == "w" else (...,)
    np.testing.assert_allclose(y[inside], want_y[inside])
    np.testing.assert_allclose(dx[inside], want_dx[inside])
    np.testing.assert_allclose(dw, want_dw)


def test_rows_are_cut_so_that_little_is_left_over() -> None:
    def blocks(width: int) -> tuple[int, int]:
        x = (1, 4, 5, width)
        window = Window((3, 3), (1, 1), (1, 1), (1, 1))
        p = banded.plan(choose(x, (4, 1, 3, 3), window, 4, np.dtype(np.float32)).geometry)
        return p.block, p.blocks

    assert blocks(7) == (7, 1)
    assert blocks(112) == (14, 8)
    assert blocks(150) == (15, 10)
    block, count = blocks(113)
    assert 113 <= block * count < 113 + 8


def test_a_task_multiplies_once_for_each_row_of_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = []
    matmul = np.matmul
    monkeypatch.setattr(
        banded.np, "matmul", lambda *a, **k: products.append(a[0].shape) or matmul(*a, **k)
    )
    x = np.ones((1, 8, 14, 14), np.float32)
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    convolution.forward(x, np.ones((8, 1, 3, 3), np.float32), None, np.empty_like(x), window, 8)
    tasks = 2  # of four channels each
    assert products.count((1, 4, 1, 14, 16)) == 3 * tasks
    assert len(products) == 4 * tasks  # and one makes the bands
