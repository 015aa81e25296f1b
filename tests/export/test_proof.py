"""Two nets held against each other."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError
from protonet.export.proof import behind_jumps, prove

NET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
layer { name: "b" type: "Bias" bottom: "x" top: "y" bias_param { filler { value: %s } } }
layer { name: "r" type: "ReLU" bottom: "y" top: "r" }
layer { name: "m" type: "ArgMax" bottom: "r" top: "m" }
"""


def test_the_largest_difference_of_all_passes() -> None:
    old, new = Net(NET % 0), Net(NET % 0.5)
    found = {each.blob: each for each in prove(old, new, 1.0)}
    # Of pictures of deviation 1 and of deviation 50 the first are changed more.
    assert 0.1 < found["y"].relative < 0.5 and found["x"].relative == 0
    assert found["y"].largest == pytest.approx(0.5, rel=1e-6)
    with pytest.raises(NetError, match="not the same net: blob 'y' differs by"):
        prove(old, new, 0.1)


def test_numbers_that_are_none_are_no_proof() -> None:
    new = Net(NET % 0)
    new.params["b"][0].data[0] = np.nan
    with pytest.raises(NetError, match="not the same net"):
        prove(Net(NET % 0), new, 1e9)


def test_what_follows_a_choice_is_not_compared() -> None:
    net = Net(NET % 0)
    assert behind_jumps(net) == {"m"}
    assert [each.blob for each in prove(net, net, 0)] == ["x", "y", "r"]
