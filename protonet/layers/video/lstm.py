"""Lstm: the long short-term memory of CTPN's fork."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...kernels import recurrent
from ...kernels.gemm import gemm
from .._index import no_gradient


@register
class Lstm(Layer):
    """Run an LSTM (Hochreiter and Schmidhuber 1997, without peepholes) over T time steps.

    bottom[0] x (T, N, ...), maybe bottom[1] marks (T, N) -> top[0] h (T, N, H):

        i, f, o = sigmoid(W_x x_t + W_h h_{t-1} + b), g = tanh(same)
        c_t = f c_{t-1} + i g,  h_t = o tanh(c_t)

    Without marks every pass begins with h = c = 0.  With marks the state goes on from the pass
    before, and is multiplied by mark_t before step t: 0 where a new sequence begins, else 1.  No
    gradient crosses passes.

    lstm_param: num_output H; weight_filler, bias_filler; clipping_threshold (0: none): the
    gradients of the gates before their activation are cut to +- it.  batch_size is not read.
    Blobs: W_x (4H, I), W_h (4H, H), b (4H); rows in the order i, f, o, g.

    Fork: ctpn.  Deviations: the fork's code for CPUs gives every sample of a batch the state of
    the first one; its gradient of W_h takes the state at the start of the first sample for all.
    The type is Lstm; LSTM is another one, Caffe's own.
    """

    type = "Lstm"
    forks = ("ctpn",)
    messages = ("lstm_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True), "clipping_threshold": Range(0)}
    bottoms = between(1, 2)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.lstm_param
        self.size = param.num_output
        if param.clipping_threshold:
            self.no_derivative = "clipping_threshold cuts gradients"
        self._check(bottom)
        self.add_blob((4 * self.size, bottom[0].count_from(2)), param.weight_filler)
        self.add_blob((4 * self.size, self.size), param.weight_filler)
        self.add_blob((4 * self.size,), param.bias_filler)
        self._state = np.zeros((2, 0, self.size), self.dtype)  # h, c

    @staticmethod
    def _check(bottom: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 3:
            raise ShapeError(f"x has shape {shape}", "it must be (T, N, ...)")
        if len(bottom) > 1 and bottom[1].shape != shape[:2]:
            raise ShapeError(f"the marks have shape {bottom[1].shape}, x {shape}", "give (T, N)")

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._check(bottom)
        steps, items = bottom[0].shape[:2]
        inputs = self.blobs[0].shape[1]
        if bottom[0].count_from(2) != inputs:
            what = f"bottom 0 has {bottom[0].count_from(2)} values a step, the weights are for"
            raise ShapeError(f"{what} {inputs}", "features cannot change")
        if self._state.shape[1] != items:
            self._state = np.zeros((2, items, self.size), self.dtype)
        top[0].reshape(steps, items, self.size)

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        return top[0].shape[0] * top[0].shape[1] * (self.blobs[0].count + self.blobs[1].count)

    def _marks(self, bottom: Blobs) -> NDArray:
        if len(bottom) > 1:
            return bottom[1].data
        marks = self.scratch("marks", bottom[0].shape[:2])
        marks.fill(1)
        marks[:1] = 0
        return marks

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = steps, items, size = top[0].shape
        gates = self.scratch("gates", (steps, items, 4 * size))
        rows = gates.reshape(steps * items, 4 * size)
        gemm(self._rows(bottom[0].data), self.blobs[0].data.T, rows)
        np.add(rows, self.blobs[2].data, out=rows)
        c = self.scratch("c", (steps + 1, items, size))
        h_0, c[0] = self._state
        recurrent.lstm(
            gates,
            self.blobs[1].data,
            self._marks(bottom),
            h_0,
            c,
            top[0].data,
            self.scratch("h_in", shape),
            self.scratch("tanh_c", shape),
        )
        if len(bottom) > 1 and steps:
            self._state[0], self._state[1] = top[0].data[-1], c[-1]

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(bottom) > 1 and propagate_down[1]:
            raise no_gradient("the marks")
        shape = steps, items, size = top[0].shape
        gates = self.scratch("dgates", (steps, items, 4 * size))
        recurrent.lstm_backward(
            top[0].diff,
            self.scratch("gates", gates.shape),
            self.blobs[1].data,
            self._marks(bottom),
            self.scratch("c", (steps + 1, items, size)),
            self.scratch("tanh_c", shape),
            gates,
            clip=self.param.lstm_param.clipping_threshold,
        )
        rows = gates.reshape(steps * items, 4 * size)
        inputs = (self._rows(bottom[0].data), self.scratch("h_in", shape).reshape(-1, size))
        for i, values in enumerate(inputs):
            if self.param_propagate_down[i]:
                gemm(rows.T, values, self.blobs[i].diff, add=True)
        if self.param_propagate_down[2]:
            db = self.blobs[2].diff
            np.add(db, np.add.reduce(rows, axis=0), out=db)
        if propagate_down[0]:
            gemm(rows, self.blobs[0].data, self._rows(bottom[0].diff))

    def _rows(self, array: NDArray) -> NDArray:
        """(T, N, ...) as (T N, I)."""
        return array.reshape(-1, self.blobs[0].shape[1])

    def state(self) -> dict[str, Any]:
        """What the next pass starts from, for a snapshot."""
        return {"state": self._state.copy()}

    def set_state(self, state: dict[str, Any]) -> None:
        given = np.array(state["state"], self.dtype)
        if given.shape != self._state.shape:
            raise DataError("the state that was kept is that of another batch or layer size")
        self._state = given
