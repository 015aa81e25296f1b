"""LSTM: long short-term memory over a sequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, between
from ..core.registry import register
from ..kernels import recurrent
from ._recurrent import Recurrent


@register
class LSTM(Recurrent):
    """Run an LSTM (Hochreiter and Schmidhuber 1997, without peepholes) over T time steps.

    bottom[0] x (T, N, ...), bottom[1] cont (T, N), maybe x_static (N, ...) -> top[0] h (T, N, D):

        i, f, o = sigmoid(W_x x_t + b + W_static x_static + W_h (cont_t h_{t-1})), g = tanh(same)
        c_t = cont_t f c_{t-1} + i g,  h_t = o tanh(c_t)

    cont is 0 where a new sequence begins, else 1.  The state after a pass starts the next one
    (zeros at first); no gradient crosses passes.  With expose_hidden it comes from two more
    bottoms h_0, c_0 (1, N, D) instead and goes to two more tops h_T, c_T; gradients do not.

    recurrent_param: num_output D, weight_filler, bias_filler, expose_hidden (false).
    Blobs: W_x (4D, I), b (4D), [W_static (4D, S)], W_h (4D, D); rows in the order i, f, o, g.
    """

    type = "LSTM"
    bottoms = between(2, 5)
    tops = between(1, 3)
    backward_reads = frozenset({"bottom"})
    gates, states = 4, 2

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = steps, items, size = top[0].shape
        gates = self.scratch("gates", (steps, items, 4 * size))
        c = self.scratch("c", (steps + 1, items, size))
        self._project(bottom, gates)
        h_0, c_0 = self._start(bottom)
        np.copyto(c[0], c_0)
        recurrent.lstm(
            gates,
            self._w_h.data,
            bottom[1].data,
            h_0,
            c,
            top[0].data,
            self.scratch("h_in", shape),
            self.scratch("tanh_c", shape),
        )
        self._finish(top, (top[0].data[-1], c[-1]))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        shape = steps, items, size = top[0].shape
        dgates = self.scratch("dgates", (steps, items, 4 * size))
        recurrent.lstm_backward(
            top[0].diff,
            self.scratch("gates", dgates.shape),
            self._w_h.data,
            bottom[1].data,
            self.scratch("c", (steps + 1, items, size)),
            self.scratch("tanh_c", shape),
            dgates,
        )
        self._project_backward(dgates, self.scratch("h_in", shape), propagate_down, bottom)
