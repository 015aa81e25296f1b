"""Input: shapes from the file, then the user's."""

from __future__ import annotations

import pytest

from protonet.errors import PrototxtError
from tests.harness.bench import Bench
from tests.harness.row import Row

TWO = "shape { dim: 3 dim: 2 } shape { dim: 5 }"


def test_one_shape_for_all_or_one_each():
    one = Bench(Row("i", 'type: "Input" input_param { shape { dim: 3 } }', (), tops=2))
    assert [blob.shape for blob in one.top] == [(3,), (3,)]
    each = Bench(Row("i", f'type: "Input" input_param {{ {TWO} }}', (), tops=2))
    assert [blob.shape for blob in each.top] == [(3, 2), (5,)]


def test_without_a_shape_the_tops_wait():
    assert Bench(Row("i", 'type: "Input"', ())).top[0].shape == ()


def test_a_users_shape_and_values_stay():
    bench = Bench(Row("i", f'type: "Input" input_param {{ {TWO} }}', (), tops=2))
    bench.top[0].reshape(7, 2)
    bench.top[0].data[...] = 4
    bench.layer.reshape(bench.bottom, bench.top)
    bench.forward()
    assert bench.top[0].shape == (7, 2)
    assert (bench.top[0].data == 4).all()


def test_two_shapes_for_three_tops():
    with pytest.raises(PrototxtError, match="2 shapes for 3 tops: give one for all") as error:
        Bench(Row("i", f'type: "Input" input_param {{ {TWO} }}', (), tops=3))
    assert error.value.field == "input_param.shape"
