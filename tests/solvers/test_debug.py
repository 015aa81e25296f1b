"""debug_info: the lines are Caffe's, the means those of the arrays."""

from __future__ import annotations

import numpy as np

from protonet.log import number
from protonet.net.net import Net
from protonet.solvers.debug import debug_info
from tests.solvers.toy import NET, X, Y, gradient, logged, toy


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
