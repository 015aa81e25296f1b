"""Eltwise: coefficients, ties and what its gradient needs."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def eltwise(text: str, *shapes) -> Bench:
    shapes = shapes or ((2, 3), (2, 3))
    return Bench(Row("e", f'type: "Eltwise" eltwise_param {{ {text} }}', shapes))


def test_a_zero_in_a_product():
    """The stable gradient survives it, the quick one does not: as in Caffe."""
    for stable, finite in (("true", True), ("false", False)):
        bench = eltwise(f"operation: PROD stable_prod_grad: {stable}")
        bench.bottom[0].data[0, 0] = 0
        bench.forward().seed_tops().backward()
        assert np.isfinite(bench.bottom[0].diff[0, 0]) == finite
        want = bench.top[0].diff * bench.bottom[1].data
        np.testing.assert_allclose(bench.bottom[0].diff[1], want[1])


def test_the_gradient_of_a_maximum_goes_to_one_bottom():
    bench = eltwise("operation: MAX", *[(4,)] * 3)
    for blob, values in zip(bench.bottom, ([1, 2, 1, 0], [1, 1, 1, 3], [1, 2, 5, 3])):
        blob.data[:] = values
    bench.forward().top[0].diff[:] = [1, 2, 3, 4]
    bench.backward()
    got = [blob.diff.tolist() for blob in bench.bottom]
    assert got == [[0, 2, 0, 0], [1, 0, 0, 4], [0, 0, 3, 0]]


def test_a_gradient_that_is_not_finite_stays_with_the_winner():
    bench = eltwise("operation: MAX", (1,), (1,))
    bench.bottom[0].data[:], bench.bottom[1].data[:] = 1, 0
    bench.forward().top[0].diff[:] = np.inf
    bench.backward()
    assert bench.bottom[1].diff == 0


@pytest.mark.parametrize(
    ("operation", "reads"), [("SUM", set()), ("MAX", set()), ("PROD", {"bottom", "top"})]
)
def test_only_a_product_reads_values_again(operation, reads):
    """So a ReLU may work in place on a sum, as in every residual net."""
    assert eltwise(f"operation: {operation}").layer.backward_reads == reads


@pytest.mark.parametrize(
    ("text", "shapes", "kind", "message"),
    [
        ("", ((2, 3), (3, 2)), ShapeError, r"bottom 1 has shape \(3, 2\), bottom 0 \(2, 3\)"),
        ("coeff: 2", ((2,), (2,)), PrototxtError, "1 coefficients for 2 bottoms"),
        (
            "operation: PROD coeff: 1 coeff: 1",
            ((2,), (2,)),
            PrototxtError,
            "coeff is given for PROD",
        ),
    ],
)
def test_faults(text, shapes, kind, message):
    with pytest.raises(kind, match=message):
        eltwise(text, *shapes)


@pytest.mark.parametrize(
    ("text", "factor"), [("coeff: 0.05", 0.05), ("operation: PROD", 1), ("operation: MAX", 1)]
)
def test_one_bottom_alone(text, factor):
    found = eltwise(text, (2, 3)).forward()
    np.testing.assert_allclose(found.top[0].data, factor * found.bottom[0].data)
    found.top[0].diff[...] = 2
    found.backward()
    np.testing.assert_allclose(found.bottom[0].diff, np.full((2, 3), 2 * factor))
