"""Depthwise convolutions as products of single rows, against plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import convolution, threads
from protonet.kernels.convolution import choose, depthwise
from protonet.kernels.windows import Window
from tests.harness import naive
from tests.kernels.convolution.cases import Case, all_kernels, check
from tests.kernels.convolution.test_banded import DEPTHWISE

ONE = (1, 1)
MORE: dict[str, tuple[Any, ...]] = {
    "rows as wide as those of x": ((3, 4, 6, 5), (3, 3), ONE, ONE, ONE),
    "wider than the plane": ((2, 3, 4, 3), (1, 8), ONE, (0, 5), ONE),
    "moved further than a row": ((2, 3, 5, 9), (2, 4), ONE, ONE, (1, 3)),
    "all of the plane": ((3, 7, 5, 5), (5, 5), ONE, (0, 0), ONE),
    "every third cell": ((2, 6, 10, 17), (5, 5), (3, 3), (2, 2), ONE),
    "steps as long as the kernel": ((1, 4, 8, 8), (2, 2), (2, 2), (0, 0), ONE),
}


def given(name: str, dtype: type = np.float64) -> Case:
    x_shape, kernel, stride, pad, dilation = (DEPTHWISE | MORE)[name]
    rng, window, group = np.random.default_rng(9), Window(kernel, stride, pad, dilation), x_shape[1]
    shapes = (x_shape, (group, 1, *kernel), (group,), (*x_shape[:2], *window.out(x_shape[2:])))
    x, w, b, dy = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    assert choose(x.shape, w.shape, window, group, x.dtype).name == "depthwise"
    return x, w, b, dy, window, group


@pytest.mark.parametrize("values_of_a_piece", [1, 300, 1 << 17])
@pytest.mark.parametrize("name", DEPTHWISE | MORE)
def test_against_loops(
    name: str, values_of_a_piece: int, fresh_plans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depthwise, "VALUES", values_of_a_piece)
    monkeypatch.setattr(depthwise, "CUT", 0)
    case = given(name)
    check(all_kernels(case), case)


@pytest.mark.parametrize("name", DEPTHWISE | MORE)
def test_bits_do_not_depend_on_the_number_of_threads(
    name: str, fresh_plans: None, any_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depthwise, "VALUES", 200)
    monkeypatch.setattr(threads, "SMALL", 0)
    case = given(name, np.float32)
    threads.set_num_threads(1)
    one = all_kernels(case)
    threads.set_num_threads(3)
    for key, array in all_kernels(case).items():
        assert np.array_equal(array, one[key]), key


@pytest.mark.parametrize("where", ["x", "w"])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_stays_in_its_windows(where: str, value: float) -> None:
    rng = np.random.default_rng(3)
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    arrays = {"x": rng.random((2, 3, 6, 30)), "w": rng.random((3, 1, 3, 3))}
    arrays[where][-1, 0, 1, 2] = value
    x, w = arrays.values()
    y = np.empty_like(x)
    with np.errstate(all="ignore"):
        convolution.forward(x, w, None, y, window, 3)
        want = naive.conv(x, w, np.zeros(3), *window, 3)
    # The weights meet the padding too, as Caffe's columns hold it; the loops leave it out.
    inside = (..., slice(1, -1), slice(1, -1)) if where == "w" else (...,)
    np.testing.assert_allclose(y[inside], want[inside])


def test_a_task_multiplies_once_for_each_row_of_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = []
    matmul = np.matmul
    monkeypatch.setattr(
        depthwise.np, "matmul", lambda *a, **k: products.append(a[1].shape) or matmul(*a, **k)
    )
    handed: list[int] = []
    spread = threads._run_spread

    def spread_and_count(job: Any, helpers: int) -> None:
        handed.append(len(job.todo))
        spread(job, helpers)

    monkeypatch.setattr(threads, "_run_spread", spread_and_count)
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    for channels, size in ((8, 14), (256, 28)):
        x = np.ones((1, channels, size, size), np.float32)
        w = np.ones((channels, 1, 3, 3), np.float32)
        convolution.forward(x, w, None, np.empty_like(x), window, channels)
    assert products == [(1, 8, 3, 14 * 14)] * 3 + [(1, 128, 3, 28 * 28)] * 6
    assert handed == [2]  # the few channels are not worth a second thread


def test_planes_do_not_lie_where_they_would_wait_for_one_another() -> None:
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    chosen = choose((1, 512, 14, 14), (512, 1, 3, 3), window, 512, np.dtype(np.float32))
    seen = depthwise._views(chosen.geometry, (1, 256)).seen[0]
    assert seen.strides[2] % 4096 == 2048


@pytest.mark.parametrize("places", [0, 1 << 20])
def test_backward_gives_weights_to_products_as_they_lie_in_memory(
    places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # NumPy multiplies others one by one, several times slower than BLAS.
    operands = []
    matmul = np.matmul
    monkeypatch.setattr(depthwise, "PLACES", places)
    monkeypatch.setattr(np, "matmul", lambda *a, **k: operands.append(a[0]) or matmul(*a, **k))
    x, w, _, dy, window, group = given("plain", np.float32)
    convolution.backward(x, dy, w, np.zeros_like(w), None, np.empty_like(x), window, group)
    assert len(operands) > 3
    assert all(a.strides[-1] == a.itemsize and a.strides[-2] >= 0 for a in operands[-3:])


@pytest.mark.parametrize("name", ["plain", "dilated", "one line"])
def test_gradients_of_small_and_large_planes_are_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = given(name)
    for places in (0, 1 << 20):
        monkeypatch.setattr(depthwise, "PLACES", places)
        check(all_kernels(case), case)
