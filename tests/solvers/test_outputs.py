"""The outputs of a net as Caffe's log words them."""

from __future__ import annotations

import numpy as np

from protonet.solvers.outputs import Output, by_name, score


def test_scores():
    assert score(Output("accuracy", 0.0), 0.98) == "accuracy = 0.98"
    assert score(Output("loss", 0.5), 0.25) == "loss = 0.25 (* 0.5 = 0.125 loss)"


def test_by_name():
    outputs = [Output("a", 0.0), Output("b", 0.0), Output("a", 0.0)]
    assert by_name(outputs, np.array([1.0, 2.0, 3.0])) == {"a": [1.0, 3.0], "b": 2.0}
