from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError

from .one_pass import bench, forward


def argmax(x: object, setting: str = "") -> np.ndarray:
    return forward(f'type: "ArgMax" argmax_param {{ {setting} }}', x)[0]


def test_the_later_of_equals_comes_first() -> None:
    x = [[2, 5, 5, 1, 5]]
    assert argmax(x).tolist() == [[[4]]]
    assert argmax(x, "top_k: 4").tolist() == [[[4, 2, 1, 0]]]
    assert argmax(x, "top_k: 4 axis: 1").tolist() == [[4, 2, 1, 0]]


def test_with_values() -> None:
    x = [[3, 1, 2], [7, 9, 8]]
    assert argmax(x, "top_k: 2 out_max_val: true").tolist() == [[[0, 2], [3, 2]], [[1, 2], [9, 8]]]
    assert argmax(x, "top_k: 2 out_max_val: true axis: -1").tolist() == [[3, 2], [9, 8]]
    assert argmax(x, "axis: 0 out_max_val: true").tolist() == [[7, 9, 8]]


@pytest.mark.parametrize(
    ("bottom", "setting", "top"),
    [
        ((4,), "", (4, 1, 1)),
        ((4, 5), "top_k: 3", (4, 1, 3)),
        ((4, 5, 2), "top_k: 7 out_max_val: true", (4, 2, 7)),
        ((4, 5, 2, 3, 2), "top_k: 7", (4, 1, 7, 1, 1)),
        ((4, 5, 2, 3), "axis: 1 top_k: 2", (4, 2, 2, 3)),
    ],
)
def test_shapes(bottom: tuple[int, ...], setting: str, top: tuple[int, ...]) -> None:
    assert argmax(np.zeros(bottom), setting).shape == top


def test_refused() -> None:
    with pytest.raises(PrototxtError, match="top_k is 7, there are 6 values"):
        argmax(np.zeros((4, 3, 2)), "top_k: 7")
    with pytest.raises(PrototxtError, match="top_k is 0"):
        argmax(np.zeros((4, 3)), "axis: 1 top_k: 0")
    with pytest.raises(ShapeError, match="axis 2 is out of range") as caught:
        argmax(np.zeros((4, 3)), "axis: 2")
    assert caught.value.field == "argmax_param.axis"
    with pytest.raises(ShapeError, match="scalar"):
        bench('type: "ArgMax"', np.zeros(()))
