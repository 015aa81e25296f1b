"""Powers, exponentials and logarithms against Python's own, and their slopes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels import powers as p

VALUES = [-120.0, -30.0, -2.5, -1.0, -0.0, 0.0, 0.25, 1.0, 3.0, 30.0, 120.0]

FORWARD: dict[str, tuple[Callable[..., NDArray], Callable[[float], float]]] = {
    "exp": (lambda x, out: p.exp(x, 0.3, 2.0, out=out), lambda x: 2 * math.exp(0.3 * x)),
    "log": (lambda x, out: p.log(x, 0.5, 80.0, 3.0, out=out), lambda x: 3 * math.log(0.5 * x + 80)),
    "square": (lambda x, out: p.power(x, 2.0, 1.0, 2.0, out=out), lambda x: (2 * x + 1) ** 2),
    "inverse": (lambda x, out: p.power(x, 1.0, 0.5, -1.0, out=out), lambda x: 1 / (x + 0.5)),
    "root": (lambda x, out: p.power(x, 1.0, 121.0, 0.5, out=out), lambda x: math.sqrt(x + 121)),
    "power": (lambda x, out: p.power(x, 1.0, 121.0, 1.25, out=out), lambda x: (x + 121) ** 1.25),
    "same": (lambda x, out: p.power(x, 1.0, 0.0, 1.0, out=out), float),
}


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-5), (np.float64, 1e-12)])
def test_values_are_those_of_the_formula(name: str, dtype: type, rtol: float) -> None:
    kernel, formula = FORWARD[name]
    x = np.array(VALUES, dtype)
    want = np.array([formula(v) for v in VALUES])
    got = kernel(x, out=np.full_like(x, np.nan))
    assert got.dtype == dtype
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol)
    np.testing.assert_array_equal(kernel(x, out=x), got)


def test_slopes() -> None:
    x, dy = np.array([0.5, 2.0]), np.array([3.0, -1.0])
    y = 5 * np.exp(2 * x)
    got = p.exp_backward(y, dy, 2.0, out=np.empty_like(x))
    np.testing.assert_allclose(got, dy * 10 * np.exp(2 * x))
    got = p.log_backward(x, dy, 3.0, 1.0, 2.0, out=np.empty_like(x))
    np.testing.assert_allclose(got, dy * 6 / (3 * x + 1))
    for exponent in (-1.0, 0.5, 1.0, 1.5, 2.0, 3.0):
        got = p.power_backward(x, dy, 3.0, 1.0, exponent, out=np.empty_like(x))
        np.testing.assert_allclose(got, dy * exponent * 3 * (3 * x + 1) ** (exponent - 1))


def test_the_slope_of_a_cube_at_zero_is_zero() -> None:
    zero = np.zeros(1)
    assert p.power_backward(zero, np.ones(1), 1.0, 0.0, 3.0, out=np.empty(1)) == 0
