"""Convolution by long runs of padded planes, against plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import convolution, threads
from protonet.kernels.convolution import choose, phases, runs
from protonet.kernels.windows import Window
from tests.kernels.convolution.cases import Case, all_kernels, check

ONE = (1, 1)
#: x, outputs, kernel, stride, pad, dilation
SHAPES: dict[str, tuple[Any, ...]] = {
    "plain": ((1, 3, 9, 7), 4, (3, 3), ONE, ONE, ONE),
    "images": ((5, 2, 6, 8), 3, (3, 2), ONE, (0, 1), ONE),
    "far padding": ((2, 2, 4, 3), 2, (2, 2), ONE, (3, 4), ONE),
    "dilated": ((3, 2, 9, 11), 3, (3, 2), ONE, (1, 3), (2, 3)),
    "strided": ((2, 3, 12, 13), 2, (3, 3), (2, 2), ONE, ONE),
    "a cell by strides": ((3, 5, 9, 8), 4, ONE, (2, 2), (0, 0), ONE),
    "strides that leave cells over": ((2, 2, 14, 15), 3, (5, 4), (3, 2), (2, 1), ONE),
    "strides beyond the kernel": ((2, 3, 9, 11), 2, (1, 2), (2, 3), (0, 0), ONE),
    "padding wider than the stride": ((1, 2, 7, 8), 3, (3, 4), (3, 2), (4, 5), ONE),
}


def given(name: str, dtype: type = np.float64) -> Case:
    x_shape, m, kernel, stride, pad, dilation = SHAPES[name]
    rng = np.random.default_rng(5)
    window = Window(kernel, stride, pad, dilation)
    shapes = (x_shape, (m, x_shape[1], *kernel), (m,), (x_shape[0], m, *window.out(x_shape[2:])))
    x, w, b, dy = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    assert choose(x.shape, w.shape, window, 1, x.dtype).name == "runs"
    return x, w, b, dy, window, 1


@pytest.fixture(autouse=True)
def all_that_can(fresh_plans: None, any_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "WASTE", 10)
    monkeypatch.setattr(runs, "SHARED_WASTE", 10)


@pytest.mark.parametrize("values_of_a_task", [1, 700, 1 << 18])
@pytest.mark.parametrize("name", SHAPES)
def test_against_loops(name: str, values_of_a_task: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "VALUES", values_of_a_task)
    case = given(name)
    check(all_kernels(case), case)


@pytest.mark.parametrize("name", SHAPES)
def test_bits_do_not_depend_on_the_number_of_threads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phases, "VALUES", 200)
    monkeypatch.setattr(threads, "SMALL", 0)
    case = given(name, np.float32)
    threads.set_num_threads(1)
    one = all_kernels(case)
    threads.set_num_threads(3)
    for key, array in all_kernels(case).items():
        assert np.array_equal(array, one[key]), key


def test_a_small_convolution_is_one_product_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    products = []
    matmul = np.matmul
    monkeypatch.setattr(
        runs.np, "matmul", lambda *a, **k: products.append(k["out"].shape) or matmul(*a, **k)
    )
    handed = []
    monkeypatch.setattr(threads, "_run_spread", lambda job, helpers: handed.append(job))
    x, w = np.ones((1, 16, 8, 8), np.float32), np.ones((16, 16, 3, 3), np.float32)
    window = Window((3, 3), ONE, ONE, ONE)
    y = np.empty_like(x)
    convolution.forward(x, w, None, y, window)
    assert (products, handed) == ([(16, 8 * 10)], [])
    assert y[0, 0, 4, 4] == 16 * 9 and y[0, 0, 0, 0] == 16 * 4
