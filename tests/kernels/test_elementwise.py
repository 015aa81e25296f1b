"""Activations against the textbook formulas, in pieces and in place."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels import elementwise as e

VALUES = [-120.0, -30.0, -2.5, -1.0, -0.0, 0.0, 0.25, 1.0, 3.0, 30.0, 120.0]

Function = Callable[[float], float]


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


FORWARD: dict[str, tuple[Callable[..., NDArray], Function]] = {
    "relu": (e.relu, lambda x: max(x, 0.0)),
    "leaky": (lambda x, out: e.relu(x, 0.1, out=out), lambda x: x if x > 0 else 0.1 * x),
    "elu": (lambda x, out: e.elu(x, 0.5, out=out), lambda x: x if x > 0 else 0.5 * math.expm1(x)),
    "sigmoid": (e.sigmoid, sigmoid),
    "tanh": (e.tanh, math.tanh),
    "softplus": (
        e.softplus,
        lambda x: x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x)),
    ),
    "swish": (
        lambda x, out: e.swish(x, 2.0, out=out, gate=np.empty_like(x)),
        lambda x: x * sigmoid(2 * x),
    ),
    "clip": (lambda x, out: e.clip(x, -2.0, 1.0, out=out), lambda x: min(max(x, -2.0), 1.0)),
    "threshold": (lambda x, out: e.threshold(x, 0.25, out=out), lambda x: float(x > 0.25)),
    "absolute": (e.absolute, abs),
}


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-5), (np.float64, 1e-12)])
def test_values_are_those_of_the_formula(name: str, dtype: type, rtol: float) -> None:
    kernel, formula = FORWARD[name]
    x = np.array(VALUES, dtype)
    got = kernel(x, out=np.full_like(x, np.nan))
    want = np.array([formula(v) for v in VALUES])
    assert got.dtype == dtype
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("name", FORWARD)
def test_many_values_are_those_of_few(name: str) -> None:
    """Pieces on the pool, the last one short, and in place, give the same bits."""
    kernel, _ = FORWARD[name]
    few = np.array(VALUES)
    many = np.resize(few, 2 * e.PIECE + 77)
    want = np.resize(kernel(few, out=np.empty_like(few)), many.size)
    np.testing.assert_array_equal(kernel(many, out=np.empty_like(many)), want)
    np.testing.assert_array_equal(kernel(many, out=many), want)


def backward_at(kernel: Callable[..., NDArray], *args: object, x: list[float]) -> list[float]:
    """The slopes: what comes out for dy = 1, the same with dx in the place of dy."""
    values = np.array(x)
    apart = kernel(values, np.ones_like(values), *args, out=np.full_like(values, np.nan))
    shared = np.ones_like(values)
    np.testing.assert_array_equal(kernel(values, shared, *args, out=shared), apart)
    return apart.tolist()


def test_slopes_at_the_kinks() -> None:
    x = [-1.0, 0.0, 1.0]
    assert backward_at(e.relu_backward, x=x) == [0, 0, 1]
    assert backward_at(e.relu_backward, 0.25, x=x) == [0.25, 0.25, 1]
    assert backward_at(e.relu_backward, 2.5, x=x) == [2.5, 2.5, 1]
    assert backward_at(e.absolute_backward, x=x) == [-1, 0, 1]
    assert backward_at(e.clip_backward, -1.0, 1.0, x=[-1.5, *x, 1.5]) == [0, 1, 1, 1, 0]


def test_slope_of_a_line_is_exact() -> None:
    """1 above 0 whatever the slope below, in single precision too."""
    x = np.array([-1, 1], np.float32)
    for slope in (0.01, 0.3, 0.7, 1.9):
        got = e.relu_backward(x, np.ones_like(x), slope, out=np.empty_like(x))
        assert got.tolist() == [np.float32(slope), 1]


def test_softplus_slope_saturates() -> None:
    """From y alone: next to e^x far below 0, 1 far above."""
    x = np.array([-30.0, 0, 800])
    y = e.softplus(x, out=np.empty_like(x))
    got = e.softplus_backward(y, np.ones_like(x), out=np.empty_like(x))
    np.testing.assert_allclose(got, [math.exp(-30), 0.5, 1], rtol=1e-12)


@pytest.mark.parametrize("n", [1, 3, e.PIECE + 5])
def test_prelu_has_a_slope_per_row(n: int) -> None:
    x = np.tile([[-2.0], [4.0], [0.0]], (2, n))
    slopes = np.array([[0.5], [9], [7], [-1], [9], [0]])
    y = e.prelu(x, slopes, out=np.empty_like(x))
    assert y[:, -1].tolist() == [-1, 4, 0, 2, 4, 0]
    dx = e.prelu_backward(x, np.full_like(x, 2), slopes, out=np.empty_like(x))
    assert dx[:, -1].tolist() == [1, 2, 14, -2, 2, 0]
    work = np.empty((2, 3, n))
    da = e.prelu_slope_gradient(x.reshape(2, 3, n), np.full((2, 3, n), 3.0), work=work)
    assert da.tolist() == [2 * 3 * -2 * n, 0, 0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_mask_has_two_values(dtype: type) -> None:
    mask = np.empty((300, 400), dtype)
    e.dropout_mask(np.random.default_rng(3), 0.75, out=mask)
    assert set(np.unique(mask)) == {0, 4}
    assert abs(np.mean(mask != 0) - 0.25) < 5 * math.sqrt(0.25 * 0.75 / mask.size)


def test_no_dropout_keeps_all() -> None:
    mask = e.dropout_mask(np.random.default_rng(3), 0.0, out=np.empty(1000))
    assert (mask == 1).all()


def test_copy_into_itself_is_free() -> None:
    x = np.arange(3.0)
    x.flags.writeable = False
    assert e.copy(x, out=x) is x
