"""The outputs of a net as Caffe's log words them."""

from __future__ import annotations

import numpy as np

from protonet.net.net import Net
from protonet.solvers.outputs import Output, by_name, output_names, output_values, score


def test_values_of_all_outputs_in_order():
    net = Net(
        """layer { name: "a" type: "DummyData" top: "a" top: "b" dummy_data_param {
          shape { dim: 2 dim: 2 } shape { dim: 1 } data_filler { value: 3 }
          data_filler { value: 4 } } }
        layer { name: "s" type: "Reduction" bottom: "b" top: "s" loss_weight: 0.5 }"""
    )
    net.run_forward()
    assert output_values(net).tolist() == [3, 3, 3, 3, 4]
    assert output_names(net) == [Output("a", 0)] * 4 + [Output("s", 0.5)]
    values = output_values(net)
    net.blobs["a"].data[...] = 9
    assert values[0] == 3, "they are copied"


def test_a_net_without_outputs():
    net = Net(
        'layer { name: "d" type: "DummyData" top: "d" dummy_data_param { shape { dim: 2 } } }\n'
        'layer { name: "s" type: "Silence" bottom: "d" }'
    )
    assert output_values(net).tolist() == [] and output_names(net) == []


def test_scores():
    assert score(Output("accuracy", 0.0), 0.98) == "accuracy = 0.98"
    assert score(Output("loss", 0.5), 0.25) == "loss = 0.25 (* 0.5 = 0.125 loss)"


def test_by_name():
    outputs = [Output("a", 0.0), Output("b", 0.0), Output("a", 0.0)]
    assert by_name(outputs, np.array([1.0, 2.0, 3.0])) == {"a": [1.0, 3.0], "b": 2.0}
