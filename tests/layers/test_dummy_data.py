"""DummyData: when it draws, and its two ways to give a shape."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NetError
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
    with pytest.raises(NetError, match=message):
        dummy(text, 3)
