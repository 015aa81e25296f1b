"""BatchNorm, Scale and ReLU as one, against float64 formulas and differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import batch_norm, threads
from protonet.kernels.batch_norm import Affine, Statistics

SHAPES = [(2, 3, 5), (900, 7, 11), (3, 50, 1301), (5, 1, 8), (7, 2, 301)]


def run(x: Any, scale: Any, shift: Any, rectify: bool, eps: float = 1e-5) -> dict[str, Any]:
    """A forward of copies, and what it writes."""
    made = {name: np.full(x.shape[1], np.nan, x.dtype) for name in ("mean", "var", "inv_std")}
    made |= {"y": np.full_like(x, np.nan), "normalised": np.full_like(x, np.nan)}
    statistics = Statistics(made["mean"], made["var"], made["inv_std"])
    affine = Affine(scale, shift)
    batch_norm.forward(x, affine, rectify, eps, made["y"], made["normalised"], statistics)
    return made


def given(shape: tuple[int, int, int]) -> tuple[Any, ...]:
    rng = np.random.default_rng(8)
    channels = rng.standard_normal((2, shape[1]))
    return rng.standard_normal(shape) + 3, *channels, rng.standard_normal(shape)


@pytest.mark.parametrize("values", [30, 4000, 1 << 19])
@pytest.mark.parametrize("shape", SHAPES)
def test_forward(shape: tuple[int, int, int], values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm, "PIECE", values)
    x, scale, shift, _ = given(shape)
    mean, var = x.mean((0, 2)), x.var((0, 2))
    normalised = (x - mean[:, None]) / np.sqrt(var + 0.01)[:, None]
    z = normalised * scale[:, None] + shift[:, None]
    got = run(x, scale, shift, True, 0.01)
    want = {"mean": mean, "var": var, "inv_std": (var + 0.01) ** -0.5}
    for name, array in (want | {"normalised": normalised, "y": np.maximum(z, 0)}).items():
        np.testing.assert_allclose(got[name], array, rtol=1e-10, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(run(x, scale, shift, False, 0.01)["y"], z, atol=1e-12)
    bare = run(x, scale, None, False, 0.01)["y"]
    np.testing.assert_allclose(bare, normalised * scale[:, None], atol=1e-12)


@pytest.mark.parametrize("rectify", [True, False])
@pytest.mark.parametrize("values", [30, 1 << 19])
def test_backward_is_the_derivative(
    rectify: bool, values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_norm, "PIECE", values)
    x, scale, shift, dy = given((4, 3, 7))

    def loss(x: Any, scale: Any, shift: Any) -> float:
        return float((run(x, scale, shift, rectify)["y"] * dy).sum())

    made = run(x, scale, shift, rectify)
    dx, gradients = dy.copy(), Affine(np.full(3, np.nan), np.full(3, np.nan))
    y = made["y"] if rectify else None
    batch_norm.backward(dx, y, scale, made["normalised"], made["inv_std"], dx, gradients)
    arrays = x, scale, shift
    for array, found in zip(arrays, (dx, *gradients)):
        for at in np.ndindex(array.shape):
            before, ends = array[at], []
            for step in (1e-6, -1e-6):
                array[at] = before + step
                ends.append(loss(*arrays))
            array[at] = before
            assert abs((ends[0] - ends[1]) / 2e-6 - found[at]) < 1e-6


def test_a_large_mean_does_not_swallow_the_variance() -> None:
    x = np.random.default_rng(2).standard_normal((50, 2, 300)).astype(np.float32) + 5000
    made = run(x, np.ones(2, np.float32), None, False)
    np.testing.assert_allclose(made["mean"], x.mean((0, 2), np.float64), rtol=1e-6)
    np.testing.assert_allclose(made["var"], x.astype(np.float64).var((0, 2)), rtol=1e-3)


def test_bits_do_not_depend_on_the_number_of_threads(
    any_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_norm, "PIECE", 4000)
    x, scale, shift, dy = (array.astype(np.float32) for array in given((900, 7, 11)))
    results = []
    for count in (1, 3):
        threads.set_num_threads(count)
        made = run(x, scale, shift, True)
        dx, sums = np.empty_like(x), Affine(*np.zeros((2, 7), np.float32))
        kept = made["normalised"], made["inv_std"]
        batch_norm.backward(dy, made["y"], scale, *kept, dx, sums)
        results.append([*made.values(), dx, *sums])
    assert all(map(np.array_equal, *results))
