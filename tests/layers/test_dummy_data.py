"""DummyData: when it draws, and its two ways to give a shape."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError
from protonet.net.net import Net
from tests.harness.bench import Bench
from tests.harness.row import Row


def dummy(text: str, tops: int = 1) -> Bench:
    return Bench(Row("d", f'type: "DummyData" dummy_data_param {{ {text} }}', (), tops=tops))


def test_random_tops_are_drawn_at_each_pass_constant_ones_once():
    bench = dummy('shape { dim: 9 } data_filler { value: 2 } data_filler { type: "uniform" }', 2)
    constant, random = bench.top
    assert (constant.data == 2).all()
    passes = []
    for _ in range(2):
        bench.layer.forward([], bench.top)
        passes.append(random.data.copy())
    assert (passes[0] != passes[1]).all()
    constant.data[0] = 5  # as an in-place layer would
    bench.layer.forward([], bench.top)
    assert constant.data[0] == 5


def test_old_fields_one_for_all_or_one_each():
    bench = dummy("num: 2 num: 3 channels: 4 height: 1 width: 5", 2)
    assert [blob.shape for blob in bench.top] == [(2, 4, 1, 5), (3, 4, 1, 5)]
    assert not np.any(bench.top[0].data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shape { dim: 1 } shape { dim: 2 }", "2 of shape for 3 tops"),
        ("", "0 of shape for 3 tops"),
        ("num: 1 channels: 2 height: 3", "0 of width for 3 tops"),
        ("shape { dim: 1 } num: 2", "both shape and num are given: keep shape"),
        ("shape { dim: 1 } data_filler {} data_filler {}", "2 fillers for 3 tops"),
    ],
)
def test_faults(text, message):
    with pytest.raises(PrototxtError, match=message):
        dummy(text, 3)


@pytest.mark.parametrize(
    ("filler", "line", "message"),
    [
        ('type: "sequence"', 4, "unknown filler type 'sequence'"),
        ('type: "uniform"\nmin: 3', 5, "min 3 of the filler is above max 1"),
        ('type: "xavier"\nvariance_norm: FAN_OUT\nsparse: 1', 6, "does not know sparse"),
        ('type: "gaussian" std: -1', 4, "std of the filler is -1"),
        ('type: "bilinear"', 4, "square kernels, not \\(2, 3\\)"),
    ],
)
def test_a_bad_filler_is_found_when_the_net_is_built(filler: str, line: int, message: str) -> None:
    text = f"""layer {{ name: "d" type: "DummyData" top: "a" top: "b" dummy_data_param {{
shape {{ dim: 2 dim: 3 }}
data_filler {{ type: "gaussian" }} data_filler {{
{filler}
}} }} }}"""
    with pytest.raises((PrototxtError, ShapeError), match=message) as caught:
        Net(text)
    assert (caught.value.layer, caught.value.line) == ("d", line)
