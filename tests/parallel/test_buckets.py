"""Which gradients travel together, and after which layer's backward pass."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.parallel.buckets import plan

INPUT = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }\n'


def inner(name: str, bottom: str, outputs: int, more: str = "") -> str:
    return (
        f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" {more} '
        f"inner_product_param {{ num_output: {outputs} bias_term: false }} }}\n"
    )


def planned(text: str, least: int) -> list[tuple[int, int, int]]:
    net = Net(INPUT + text)
    return [(b.part.start, b.part.stop, b.ready) for b in plan(net, least)]


def test_what_is_finished_is_a_suffix():
    text = inner("a", "x", 4) + inner("b", "a", 4) + inner("c", "b", 2)
    assert planned(text, 1) == [(32, 40, 3), (16, 32, 2), (0, 16, 1)]
    assert planned(text, 33) == [(16, 40, 2), (0, 16, 1)]  # 8 values are 32 bytes
    assert planned(text, 1 << 20) == [(0, 40, 1)]


def test_a_shared_parameter_waits_for_its_last_user():
    shared = 'param { name: "w" }'
    text = inner("a", "x", 4, shared) + inner("b", "a", 4) + inner("c", "b", 4, shared)
    assert planned(text, 1) == [(16, 32, 2), (0, 16, 1)]


def test_what_is_not_learnt_does_not_travel():
    text = inner("a", "x", 4) + inner("b", "a", 4, "param { lr_mult: 0 }") + inner("c", "b", 2)
    assert planned(text, 1 << 20) == [(32, 40, 3), (0, 16, 1)]


@pytest.mark.parametrize("least", [1, 64, 4096])
def test_all_gradients_are_in_one_bucket(least):
    text = "".join(inner(f"l{i}", f"l{i - 1}" if i else "x", 3 + i % 4) for i in range(9))
    buckets = planned(text, least)
    covered = np.concatenate([np.arange(start, stop) for start, stop, _ in buckets])
    assert sorted(covered) == [*range(len(covered))]
    assert len(covered) == Net(INPUT + text).arena.diff.size
    assert [ready for *_, ready in buckets] == sorted((r for *_, r in buckets), reverse=True)
