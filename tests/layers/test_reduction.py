"""Reduction: what is left of the shape."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row

FORMULAS = {
    "SUM": lambda x, axes: x.sum(axes),
    "ASUM": lambda x, axes: np.abs(x).sum(axes),
    "SUMSQ": lambda x, axes: (x * x).sum(axes),
    "MEAN": lambda x, axes: x.mean(axes),
}


def reduction(text: str, shape=(2, 3, 4)) -> Bench:
    return Bench(Row("r", f'type: "Reduction" reduction_param {{ {text} }}', (shape,)))


@pytest.mark.parametrize("operation", FORMULAS)
@pytest.mark.parametrize(("axis", "axes"), [(0, (0, 1, 2)), (1, (1, 2)), (-1, (2,))])
def test_values(operation, axis, axes):
    bench = reduction(f"operation: {operation} axis: {axis} coeff: -1.5").forward()
    want = -1.5 * FORMULAS[operation](bench.bottom[0].data, axes)
    assert bench.top[0].shape == want.shape
    np.testing.assert_allclose(bench.top[0].data, want, rtol=1e-12)


def test_a_scalar_stays_one():
    bench = reduction("coeff: 2", ()).forward()
    assert bench.top[0].data == 2 * bench.bottom[0].data


def test_the_slope_of_an_absolute_value_at_zero_is_zero():
    bench = reduction("operation: ASUM")
    bench.bottom[0].data[0, 0] = 0
    bench.forward().seed_tops().backward()
    assert not bench.bottom[0].diff[0, 0].any()
    assert bench.bottom[0].diff[0, 1].all()


def test_an_axis_that_is_not_there():
    with pytest.raises(ShapeError, match="axis 3 is out of range"):
        reduction("axis: 3")
