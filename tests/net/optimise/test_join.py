"""Convolutions that write into the top of a Concat."""

from __future__ import annotations

import numpy as np
import pytest

from tests.net.optimise.nets import INPUT, both, conv, in_place, layer, norm, ran, same

POOL = "pooling_param { kernel_size: 3 stride: 1 pad: 1 }"
INCEPTION = (
    conv("a", "data", 3)
    + in_place("ReLU", "a")
    + layer("Pooling", "p", ["data"], "p", POOL)
    + conv("b", "p", 5)
    + norm("b")
    + in_place("ReLU", "b")
    + conv("c", "data", 2)
)
#: What stands behind the input -> the layers that are left of it.
JOINED: dict[str, tuple[str, list[str]]] = {
    "inception": (
        INCEPTION + layer("Concat", "out", ["b", "a", "c"], "out"),
        ["a", "p", "b", "c"],
    ),
    "with another": (
        INCEPTION + layer("Concat", "out", ["p", "b", "data", "a", "c"], "out"),
        ["a", "p", "b", "c", "out"],
    ),
    "dense": (
        conv("a", "data", 3)
        + layer("Concat", "x", ["data", "a"], "x")
        + conv("b", "x", 2)
        + layer("Concat", "y", ["x", "b"], "y"),
        ["a", "x", "b", "y"],
    ),
    "read elsewhere too": (
        conv("a", "data", 3)
        + conv("b", "data", 3)
        + layer("Concat", "x", ["a", "b"], "x")
        + layer("TanH", "t", ["a"], "t"),
        ["a", "b", "x", "t"],
    ),
    "one twice": (
        conv("a", "data", 3) + layer("Concat", "x", ["a", "a"], "x"),
        ["a", "x"],
    ),
    "of rows": (
        conv("a", "data")
        + conv("b", "data")
        + layer("Concat", "x", ["a", "b"], "x", "concat_param { axis: 2 }"),
        ["a", "b", "x"],
    ),
    "in two orders": (
        conv("a", "data", 3)
        + conv("b", "data", 3)
        + layer("Concat", "x", ["b", "a"], "x")
        + conv("c", "x", 2)
        + layer("Concat", "y", ["c", "x"], "y"),
        ["a", "b", "c", "y"],
    ),
}


@pytest.mark.parametrize("name", JOINED)
def test_the_same_in_fewer_steps(name: str) -> None:
    rest, left = JOINED[name]
    net, plain = both(INPUT + rest)
    assert ran(net) == ["data", *left]
    same(net, plain)
    for shape in ((5, 4, 9, 7), (1, 4, 9, 7), (3, 4, 12, 20), (1, 4, 40, 50)):
        same(net, plain, shape)


def test_a_kept_branch_has_memory_of_its_own() -> None:
    rest, left = JOINED["inception"]
    net, plain = both(INPUT + rest, keep=["a"])
    assert ran(net) == ["data", *left, "out"]
    same(net, plain)
    assert net.blobs["a"].has_data and not net.blobs["b"].has_data


def test_nothing_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    net, plain = both(INPUT + JOINED["inception"][0])
    assert any(step.idle and step.layer.name == "out" for step in net._executor.steps)
    same(net, plain)
    whole = net.blobs["out"].data
    np.testing.assert_allclose(whole[:, 5:8].min(), 0)  # a, behind the five of b
