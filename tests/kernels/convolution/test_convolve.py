"""Convolution against plain loops: many random shapes, all layouts, any cut into chunks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import threads
from protonet.kernels.convolution import columns, lowered
from protonet.kernels.windows import Window
from tests.kernels.convolution.cases import all_kernels, check, random_case


@pytest.mark.parametrize("seed", range(120))
def test_random_shapes(seed: int, fresh_plans: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    # Small chunks too, so that images and rows are cut.
    monkeypatch.setattr(columns, "VALUES", int(rng.choice([1, 100, 1 << 18])))
    monkeypatch.setattr(columns, "POSITIONS", int(rng.choice([4, 256])))
    monkeypatch.setattr(lowered, "PARTIAL_VALUES", int(rng.choice([1, 1 << 20])))
    case = random_case(rng)
    got = all_kernels(case)
    check(got, case)


SMALL: dict[str, tuple[Any, ...]] = {
    "line by line": ((3, 10, 9, 7), (3, 10, 5, 3), (1, 1), (0, 1), 1),
    "line by line, strided": ((2, 10, 9, 11), (3, 10, 5, 3), (1, 2), (1, 0), 1),
    "all at once": ((2, 10, 6, 7), (3, 10, 3, 3), (1, 1), (1, 1), 1),
    "strided": ((2, 10, 8, 9), (3, 10, 3, 4), (2, 3), (0, 1), 1),
    "groups one by one": ((2, 16, 6, 5), (4, 8, 3, 2), (1, 1), (1, 0), 2),
}


@pytest.mark.parametrize("name", SMALL)
def test_each_way_with_channels_last(name: str) -> None:
    x_shape, w_shape, stride, pad, group = SMALL[name]
    rng = np.random.default_rng(8)
    window = Window(w_shape[2:], stride, pad, (1, 1))
    x, w, b = (rng.standard_normal(shape) for shape in (x_shape, w_shape, w_shape[:1]))
    dy = rng.standard_normal((len(x), len(w), *window.out(x_shape[2:])))
    case = (x, w, b, dy, window, group)
    check(all_kernels(case), case)


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
