"""Numbers and lines as Caffe prints them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.net.net import Net
from protonet.solvers.debug import debug_info
from protonet.solvers.report import Output, by_name, number, score
from tests.solvers.toy import NET, X, Y, gradient, logged, toy


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (1.0, "1"),
        (1e-5, "1e-05"),
        (123456.7, "123457"),
        (1234567.0, "1.23457e+06"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (0.1 + 1e-9, "0.1"),
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-50, "-1e-50"),
    ],
)
def test_numbers_have_six_digits(value, text):
    assert number(value) == text
    assert number(np.float64(value)) == text


def test_scores():
    assert score(Output("accuracy", 0.0), 0.98) == "accuracy = 0.98"
    assert score(Output("loss", 0.5), 0.25) == "loss = 0.25 (* 0.5 = 0.125 loss)"


def test_by_name():
    outputs = [Output("a", 0.0), Output("b", 0.0), Output("a", 0.0)]
    assert by_name(outputs, np.array([1.0, 2.0, 3.0])) == {"a": [1.0, 3.0], "b": 2.0}


def test_debug_info_is_caffes():
    net = NET.replace("param { lr_mult: 2", 'param { name: "shift" lr_mult: 2')
    solver = toy(net, debug_info=True, display=2)
    loss, gw, gb = gradient(np.full((1, 2), 0.5), np.zeros(1))
    p = X @ np.full((2, 1), 0.5)
    with logged() as lines:
        solver.step(2)
    lines = [line for line in lines if "ward]" in line]

    def mean(array):
        return number(np.abs(np.float32(array)).mean())

    assert lines[:4] == [
        f"    [Forward] Layer in, top blob x data: {mean(X)}",
        f"    [Forward] Layer in, top blob y data: {mean(Y)}",
        f"    [Forward] Layer ip, top blob p data: {mean(p)}",
        "    [Forward] Layer ip, param blob 0 data: 0.5",
    ]
    assert lines[4] == "    [Forward] Layer ip, param blob shift data: 0"
    assert lines[5] == f"    [Forward] Layer loss, top blob loss data: {mean(loss)}"
    assert lines[6] == f"    [Backward] Layer loss, bottom blob p diff: {mean((p - Y) / 3)}"
    assert lines[7] == f"    [Backward] Layer ip, param blob 0 diff: {mean(gw)}"
    assert lines[8] == f"    [Backward] Layer ip, param blob 1 diff: {mean(gb)}"
    norm = np.sqrt((gw**2).sum() + (gb**2).sum())
    total = np.abs(gw).sum() + np.abs(gb).sum()
    assert lines[9] == (
        "    [Backward] All net params (data, diff): "
        f"L1 norm = (1, {number(total)}); L2 norm = ({number(0.5**0.5)}, {number(norm)})"
    )
    assert len(lines) == 10, "iteration 1 is not displayed, and so not debugged"
    assert not solver.net.after_forward and not solver.net.after_backward


def test_debug_info_of_two_layers_of_one_name():
    net = Net(
        """
layer { name: "in" type: "DummyData" top: "x" dummy_data_param { shape { dim: 1 dim: 2 }
  data_filler { value: 3 } } }
layer { name: "same" type: "Power" bottom: "x" top: "p" power_param { scale: 2 } }
layer { name: "same" type: "Power" bottom: "p" top: "q" power_param { scale: 2 } }
force_backward: true"""
    )
    with logged() as lines, debug_info(net):
        net.run_forward()
        net.blobs["q"].diff.fill(1)
        net.run_backward()
    assert [line.strip() for line in lines if "Layer same" in line] == [
        "[Forward] Layer same, top blob p data: 6",
        "[Forward] Layer same, top blob q data: 12",
        "[Backward] Layer same, bottom blob p diff: 2",
        "[Backward] Layer same, bottom blob x diff: 4",
    ]
