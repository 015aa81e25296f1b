"""Recurrent layers: a Scan through the time steps, whose body knows where sequences begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..dims import Dims
from ..op import Op
from ..registry import converter

#: From the sums of a step, the mark (N, 1) and the states to the new states, h first.
Cell = Callable[[Op, str, str, Sequence[str]], list[str]]


@converter("LSTM")
def lstm(op: Op) -> list[str]:
    h, last = _run(op, ("h", "c"), _lstm_cell)
    return [h, *last]


def _lstm_cell(op: Op, sums: str, mark: str, states: Sequence[str]) -> list[str]:
    gates = op.nodes("Split", 4, sums, [op.layer._size] * 4, axis=1)
    return lstm_step(op, gates, op.node("Mul", mark, states[1]))


def lstm_step(op: Op, gates: Sequence[str], c: str) -> list[str]:
    """h and c from the sums of the gates i, f, o, g and what is left of the memory."""
    i, f, o = (op.node("Sigmoid", gate) for gate in gates[:3])
    new = op.node("Mul", i, op.node("Tanh", gates[3]))
    c = op.node("Add", op.node("Mul", f, c), new)
    return [op.node("Mul", o, op.node("Tanh", c)), c]


@converter("Lstm")
def lstm_ctpn(op: Op) -> list[str]:
    """CTPN's: without marks each pass begins with zeros, which ONNX's own LSTM does."""
    if len(op.bottom) > 1:
        raise op.refuse("its state goes on over passes", "without a second bottom it does not")
    x, size = op.bottom[0], op.layer.size
    if len(op.shape()) > 3:
        inputs = op.layer.blobs[0].shape[1]
        x = op.reshape(x, op.bottom_dims[0], (*op.bottom_dims[0][:2], inputs))
    w, r, b = (_gates(op.values(i), size) for i in range(3))
    bias = np.concatenate([b, np.zeros_like(b)])
    y, _, _ = op.nodes("LSTM", 3, x, w[None], r[None], bias[None], hidden_size=size)
    return [op.squeeze(y, [1])]


def _gates(values: NDArray, size: int) -> NDArray:
    """Rows in the order i, f, o, g as ONNX has them: i, o, f, g."""
    i, f, o, g = values.reshape(4, size, *values.shape[1:])
    return np.concatenate([i, o, f, g])


@converter("RNN")
def rnn(op: Op) -> list[str]:
    h, last = _run(op, ("h",), lambda op, sums, mark, states: [op.node("Tanh", sums)])
    weights = op.const(op.values(-2).T, "weights_o")
    o = op.node("Add", op.node("MatMul", h, weights), op.weights(-1))
    return [op.node("Tanh", o), *last]


@converter("LSTMUnit")
def lstm_unit(op: Op) -> list[str]:
    c, gates, cont = op.bottom
    size = op.shape()[2]
    parts = op.nodes("Split", 4, gates, [size] * 4, axis=2)
    h, c = lstm_step(op, parts, op.node("Mul", op.unsqueeze(cont, [2]), c))
    return [c, h]


def _run(op: Op, names: Sequence[str], cell: Cell) -> tuple[str, list[str]]:
    """h (T, N, D) of all steps, and the states (1, N, D) after the last as further tops."""
    layer = op.layer
    starts, ends = _starts(op, names)
    inputs = [op.writer.inner_name(name) for name in (*names, "sums_t", "cont_t")]
    with op.writer.body() as nodes:
        mark = op.unsqueeze(inputs[-1], [1])
        before = op.node("Mul", inputs[0], mark)
        weights = op.const(layer._w_h.data.T, "weights_h")
        sums = op.node("Add", inputs[-2], op.node("MatMul", before, weights))
        states = cell(op, sums, mark, inputs[: len(names)])
        step = op.node("Identity", states[0])
    body = op.writer.onnx.helper.make_graph(
        nodes,
        f"{op.name}_step",
        [op.writer.value(name, None) for name in inputs],
        [op.writer.value(name, None) for name in [*states, step]],
    )
    *last, h = op.nodes(
        "Scan",
        len(names) + 1,
        *starts,
        _sums(op),
        op.bottom[1],
        body=body,
        num_scan_inputs=2,
    )
    for made, end in zip(last, ends):
        op.writer.hand_on(made, end)
    return h, [op.unsqueeze(state, [0]) for state in last] if layer._exposed else []


def _starts(op: Op, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The states before the first step, and outputs for those after the last, if they are
    not tops: in Caffe they start the next pass."""
    layer = op.layer
    if layer._exposed:
        return [op.squeeze(x, [0]) for x in op.bottom[2 + layer._static :]], []
    dims: Dims = (op.bottom_dims[0][1], layer._size)
    pairs = [op.writer.state(name, dims) for name in names]
    starts = [start for start, _ in pairs]
    if isinstance(dims[0], str):
        items = op.size(op.bottom[0], dims[0], 1)
        shape = op.node("Concat", items, [layer._size], axis=0)
        starts = [op.node("Expand", start, shape) for start in starts]
    return starts, [end for _, end in pairs]


def _sums(op: Op) -> str:
    """What needs no steps: W_x x + b, and W_static x_static (T, N, rows)."""
    x, dims, axes = op.bottom[0], op.bottom_dims[0], len(op.shape())
    width = op.layer.blobs[0].shape[1]
    if axes != 3:
        x = op.reshape(x, dims, (*dims[:2], width))
    weights = op.const(op.values(0).T, "weights_x")
    sums = op.node("Add", op.node("MatMul", x, weights), op.weights(1))
    if not op.layer._static:
        return sums
    static = op.node("Flatten", op.bottom[2], axis=1)
    return op.node("Add", sums, op.node("Gemm", static, op.weights(2), transB=1))
