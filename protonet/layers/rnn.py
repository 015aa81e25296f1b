"""RNN: a plain recurrent layer over a sequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, between
from ..core.registry import register
from ..kernels import recurrent
from ..kernels.gemm import gemm
from ._recurrent import Recurrent


@register
class RNN(Recurrent):
    """Run a recurrent layer with tanh units over T time steps.

    bottom[0] x (T, N, ...), bottom[1] cont (T, N), maybe x_static (N, ...) -> top[0] o (T, N, D):

        h_t = tanh(W_x x_t + b + W_static x_static + W_h (cont_t h_{t-1}))
        o_t = tanh(W_o h_t + b_o)

    cont is 0 where a new sequence begins, else 1.  The state after a pass starts the next one
    (zeros at first); no gradient crosses passes.  With expose_hidden it comes from one more
    bottom h_0 (1, N, D) instead and goes to one more top h_T; gradients do not.

    recurrent_param: num_output D, weight_filler, bias_filler, expose_hidden (false).
    Blobs: W_x (D, I), b (D), [W_static (D, S)], W_h (D, D), W_o (D, D), b_o (D).
    """

    type = "RNN"
    bottoms = between(2, 4)
    tops = between(1, 2)
    backward_reads = frozenset({"bottom", "top"})
    gates, states = 1, 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.param.recurrent_param
        self.add_blob((self._size, self._size), param.weight_filler)
        self.add_blob((self._size,), param.bias_filler)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = top[0].shape
        hidden = self.scratch("hidden", shape)
        self._project(bottom, hidden)
        recurrent.rnn(
            hidden,
            self._w_h.data,
            bottom[1].data,
            self._start(bottom)[0],
            self.scratch("h_in", shape),
        )
        self._finish(top, (hidden[-1],))
        y, w_o, b_o = top[0].data.reshape(-1, self._size), *self.blobs[-2:]
        gemm(hidden.reshape(y.shape), w_o.data.T, y)
        np.add(y, b_o.data, out=y)
        np.tanh(y, out=y)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        shape, size, last = top[0].shape, self._size, len(self.blobs) - 1
        hidden, dhidden = self.scratch("hidden", shape), self.scratch("dhidden", shape)
        d = self.scratch("d", shape)
        np.copyto(d, top[0].diff)
        recurrent.tanh_backward(top[0].data, d, dhidden)
        flat = d.reshape(-1, size)
        self.add_product(last - 1, flat, hidden.reshape(-1, size))
        if self.param_propagate_down[last]:
            db = self.blobs[last].diff
            np.add(db, np.add.reduce(flat, axis=0), out=db)
        gemm(flat, self.blobs[last - 1].data, dhidden.reshape(-1, size))
        recurrent.rnn_backward(dhidden, hidden, self._w_h.data, bottom[1].data)
        self._project_backward(dhidden, self.scratch("h_in", shape), propagate_down, bottom)
