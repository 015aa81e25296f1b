"""Gradients against differences, of functions whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.study.differences import Difference, Move, Outputs, compare

X = np.linspace(-1, 2, 12).reshape(3, 4) + 0.01
WEIGHTS = np.cos(np.arange(12.0)).reshape(3, 4)


def of(fn: np.ufunc, x: NDArray = X) -> Outputs:
    def outputs(move: Move) -> list[NDArray]:
        moved = x.copy()
        move(moved)
        return [fn(moved)]

    return outputs


def found(fn: np.ufunc, gradient: NDArray, x: NDArray = X, **options: float) -> list[Difference]:
    return [*compare(of(fn, x), [WEIGHTS], gradient, **options)]


def test_a_right_gradient_differs_by_rounding_only() -> None:
    differences = found(np.exp, np.exp(X) * WEIGHTS)
    assert [each.where for each in differences[:2]] == [None, None]
    assert {each.where for each in differences[2:]} == {*np.ndindex(3, 4)}
    assert max(each.error for each in differences) < 1e-9
    assert max(each.rounding for each in differences) < 1e-8
    for each in differences[2:]:
        assert each.want == pytest.approx((np.exp(X) * WEIGHTS)[each.where], rel=1e-8)


def test_an_error_is_relative_to_the_largest_of_the_gradient() -> None:
    gradient = np.exp(X) * WEIGHTS
    gradient[1, 2] += 0.25
    (wrong,) = (each for each in found(np.exp, gradient)[2:] if each.error > 1e-6)
    assert wrong.where == (1, 2)
    assert wrong.error == pytest.approx(0.25 / np.abs(gradient).max(), rel=1e-6)
    assert str(wrong).startswith("at [1, 2]: backward says ")


def test_some_of_many_values_are_tried_alone() -> None:
    differences = found(np.sin, np.cos(X) * WEIGHTS, singles=5)
    assert sum(each.where is not None for each in differences) == 5


def test_a_kink_is_told_from_a_mistake() -> None:
    x = X.copy()
    x[0, 0] = x[1, 2] = 0.0
    gradient = np.sign(x) * WEIGHTS  # of |x|; any slope between -1 and 1 will do at 0
    gradient[0, 0] = 0.5 * WEIGHTS[0, 0]
    gradient[1, 2] = 1.5 * WEIGHTS[1, 2]
    singles = {each.where: each for each in found(np.abs, gradient, x, doubtful=1e-6)[2:]}
    assert singles[0, 0].kink and not singles[1, 2].kink
    assert singles[1, 2].error > 0.1
    assert not any(singles[at].kink for at in np.ndindex(3, 4) if at != (0, 0))


def test_no_error_is_lost_in_what_is_not_a_number() -> None:
    gradient = np.exp(X) * WEIGHTS
    gradient[0, 1] = np.nan
    assert any(not each.error <= 1e-6 for each in found(np.exp, gradient, doubtful=1e-6))
