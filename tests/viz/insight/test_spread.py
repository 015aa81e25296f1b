"""Histograms, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net, plots
from protonet.errors import NetError
from protonet.viz.insight.spread import histogram

TEXT = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 4 weight_filler { type: "gaussian" } } }
layer { name: "r" type: "ReLU" bottom: "ip" top: "r" }
layer { name: "s" type: "Sigmoid" bottom: "ip" top: "s" }
"""


def test_of_values_by_hand():
    found = histogram("v", np.array([0.0, 0.1, 0.5, 1.0, np.nan, np.inf]), bins=2)
    assert found.counts.tolist() == [2, 2] and found.edges.tolist() == [0, 0.5, 1]
    assert (found.zeros, found.not_finite) == (1, 2)
    assert (found.mean, found.std) == (pytest.approx(0.4), pytest.approx(0.155**0.5))


def test_any_values_are_counted_once():
    values = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    found = histogram("v", values, bins=9)
    width = (values.max() - values.min()) / 9
    want = [0] * 9
    for value in values.ravel().tolist():
        want[min(8, int((value - float(values.min())) / width))] += 1
    assert found.counts.tolist() == want
    assert found.mean == pytest.approx(sum(values.ravel().tolist()) / 35)


def test_no_finite_value():
    found = histogram("v", np.full(3, np.nan), bins=4)
    assert found.counts.tolist() == [0] * 4 and found.not_finite == 3 and np.isnan(found.mean)


def test_what_there_are_histograms_of():
    net = Net(TEXT, seed=1)
    net.forward(x=np.ones((2, 3)))
    kinds = {
        "weights": ["ip[0]", "ip[1]"],
        "gradients": ["ip[0]", "ip[1]"],
        "activations": ["x", "ip", "r", "s"],
        "activation gradients": ["x", "ip", "r", "s"],
    }
    for of, names in kinds.items():
        found = plots.histograms(net, of, bins=3)
        assert [each.name for each in found.each] == names
    weights = plots.histograms(net).each[0]
    assert weights.counts.sum() == 12 and len(weights.counts) == 50
    with pytest.raises(NetError, match="take weights or gradients or"):
        plots.histograms(net, "biases")


def test_a_blob_that_is_only_named_like_a_copy_is_not_left_out():
    net = Net(TEXT.replace('"r"', '"my_split_r"'))
    assert [each.name for each in plots.histograms(net, "activations").each] == [
        *("x", "ip", "my_split_r", "s")
    ]
