"""Convolutions cut by channels, against plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels import threads
from protonet.kernels.convolution import choose, wide
from protonet.kernels.windows import Window
from tests.kernels.convolution.cases import all_kernels, check

#: x, w, stride, pad, dilation, group
SHAPES: dict[str, tuple[Any, ...]] = {
    "plain": ((1, 5, 9, 7), (4, 5, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "some images": ((3, 3, 9, 7), (4, 3, 3, 2), (2, 1), (1, 2), (1, 1), 1),
    "dilated": ((2, 7, 12, 11), (5, 7, 2, 4), (2, 1), (0, 2), (1, 2), 1),
    "point by strides": ((1, 7, 5, 4), (6, 7, 1, 1), (2, 1), (0, 0), (1, 1), 1),
    "points of some images": ((3, 7, 5, 4), (6, 7, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "large groups": ((2, 16, 5, 6), (6, 8, 3, 3), (1, 1), (0, 1), (1, 1), 2),
    "one axis": ((2, 6, 11), (5, 6, 3), (2,), (1,), (1,), 1),
    "three axes": ((2, 3, 4, 5, 3), (4, 3, 2, 2, 3), (1, 2, 1), (0, 1, 1), (1, 1, 1), 1),
}


@pytest.fixture(autouse=True)
def small_ones_too(fresh_plans: None, any_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "WEIGHTS", 1)
    monkeypatch.setattr(wide, "VALUES", 200)


def given(name: str, dtype: type = np.float64) -> tuple[list[NDArray], Window, int]:
    x_shape, w_shape, stride, pad, dilation, group = SHAPES[name]
    rng = np.random.default_rng(4)
    window = Window(w_shape[2:], stride, pad, dilation)
    dy_shape = (x_shape[0], w_shape[0], *window.out(x_shape[2:]))
    shapes = (x_shape, w_shape, w_shape[:1], dy_shape)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes], window, group


def results(arrays: list[NDArray], window: Window, group: int) -> dict[str, NDArray]:
    x, w, b, dy = arrays
    assert choose(x.shape, w.shape, window, group, x.dtype).name == "wide"
    return all_kernels((x, w, b, dy, window, group))


@pytest.mark.parametrize("name", SHAPES)
def test_against_loops(name: str) -> None:
    (x, w, b, dy), window, group = given(name)
    check(results([x, w, b, dy], window, group), (x, w, b, dy, window, group))


@pytest.mark.parametrize("name", SHAPES)
def test_bits_do_not_depend_on_the_number_of_threads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "SMALL", 0)
    arrays, window, group = given(name, np.float32)
    threads.set_num_threads(1)
    one = results(arrays, window, group)
    threads.set_num_threads(3)
    for key, array in results(arrays, window, group).items():
        assert np.array_equal(array, one[key]), key
