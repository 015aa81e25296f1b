"""Convolutions whose weights stay: bound once, run again and again."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels import convolution, threads
from protonet.kernels.convolution import Lasting, Piece, choose, rows, runs, winograd
from protonet.kernels.windows import Window
from tests.harness import naive
from tests.kernels.convolution import test_runs
from tests.kernels.convolution.cases import random_case


@pytest.fixture
def all_that_can(fresh_plans: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in [
        (rows, "ROW", 0),
        (runs, "WASTE", 10),
        (runs, "SHARED_WASTE", 10),
        (winograd, "CHANNELS", 2),
        (winograd, "LASTING_TILES", 1),
        (winograd, "WORK", 0),
    ]:
        monkeypatch.setattr(module, name, value)


def run_twice(x: NDArray, w: NDArray, b: NDArray | None, window: Window, group: int) -> None:
    """Against loops, into the middle of a wider array, and again when x has changed."""
    shape = (len(x), len(w), *window.out(x.shape[2:]))
    wider = np.full((shape[0], shape[1] + 3, *shape[2:]), np.nan)
    y = wider[:, 1:-2]
    places = y.reshape(*shape[:2], prod(shape[2:]))

    def add(piece: Piece) -> convolution.Task:
        part = places[piece]
        return lambda: np.add(part, 1, out=part)

    lasting = Lasting(w, b, window, group)
    plain, finished = lasting.stages(x, y, None), lasting.stages(x, y, add)
    for k in range(2):
        x *= 1 - 3 * k
        want = naive.conv(x, w, np.zeros(len(w)) if b is None else b, *window, group)
        for stages, more in ((plain, 0), (finished, 1)):
            convolution.run(stages)
            np.testing.assert_allclose(y, want + more, rtol=1e-10, atol=1e-10)
    assert np.isnan(wider[:, 0]).all() and np.isnan(wider[:, -2:]).all()


@pytest.mark.parametrize("seed", range(40))
def test_random_shapes(seed: int, all_that_can: None) -> None:
    x, w, b, _, window, group = random_case(np.random.default_rng(700 + seed))
    run_twice(x, w, b if seed % 4 else None, window, group)


@pytest.mark.parametrize("largest", [1000, 10**6])
@pytest.mark.parametrize("values_of_a_task", [1, 700, 1 << 18])
@pytest.mark.parametrize("name", test_runs.SHAPES)
def test_rows_of_kernels(
    name: str,
    values_of_a_task: int,
    largest: int,
    all_that_can: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "LARGEST", largest)
    monkeypatch.setattr(convolution.phases, "VALUES", values_of_a_task)
    x, w, b, _, window, _ = test_runs.given(name)
    run_twice(x, w, b, window, 1)


def test_the_weights_are_prepared_once_a_shape(
    all_that_can: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHANNELS", 1)
    made: list[object] = []
    ready = winograd.ready
    monkeypatch.setattr(winograd, "ready", lambda *a: made.append(a[0]) or ready(*a))
    w, window = np.ones((16, 16, 3, 3), np.float32), Window((3, 3), (1, 1), (1, 1), (1, 1))
    lasting = Lasting(w, None, window)
    for size, times in ((16, 1), (16, 1), (20, 2)):
        x = np.ones((2, 16, size, size), np.float32)
        assert choose(x.shape, w.shape, window, 1, x.dtype, True).name == "winograd"
        lasting.stages(x, np.empty_like(x), None)
        assert len(made) == times
    assert lasting.nbytes == 4 * 36 * 16 * 16


def test_weights_that_stay_are_transformed_for_few_tiles_and_only_where_there_is_work() -> None:
    window, dtype = Window((3, 3), (1, 1), (1, 1), (1, 1)), np.dtype(np.float32)

    def ways(channels: int, size: int) -> list[str]:
        x, w = (1, channels, size, size), (channels, channels, 3, 3)
        return [choose(x, w, window, 1, dtype, lasting).name for lasting in (False, True)]

    assert ways(256, 14) == ["wide", "winograd"]
    assert ways(128, 28) == ["winograd", "winograd"]
    assert ways(64, 8) == ["runs", "winograd"]
    assert ways(64, 4) == ["runs", "runs"]
    assert ways(16, 32) == ["runs", "runs"]
    assert ways(512, 14) == ["wide", "winograd"]
    assert ways(512, 7) == ["wide", "wide"]


def test_rows_make_a_product_for_each_and_copy_planes_for_each_cell_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = []
    matmul = np.matmul
    monkeypatch.setattr(
        rows.np, "matmul", lambda *a, **k: products.append(a[1].shape) or matmul(*a, **k)
    )
    x, w = np.ones((1, 16, 8, 8), np.float32), np.ones((16, 16, 3, 3), np.float32)
    y = np.empty_like(x)
    stages = Lasting(w, np.ones(16, np.float32), Window((3, 3), (1, 1), (1, 1), (1, 1))).stages(
        x, y, None
    )
    convolution.run(stages)
    assert products == [(1, 1, 3 * 16 + 1, 8 * 10)] * 3
    assert y[0, 0, 4, 4] == 16 * 9 + 1 and y[0, 0, 0, 0] == 16 * 4 + 1


@pytest.mark.parametrize("name", ["plain", "strided", "images"])
def test_bits_do_not_depend_on_the_number_of_threads(
    name: str, all_that_can: None, any_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convolution.phases, "VALUES", 200)
    monkeypatch.setattr(threads, "SMALL", 0)
    x, w, b, dy, window, _ = test_runs.given(name, np.float32)
    results = []
    for count in (1, 3):
        threads.set_num_threads(count)
        y = np.empty_like(dy)
        convolution.run(Lasting(w, b, window).stages(x, y, None))
        results.append(y)
    assert np.array_equal(*results)
