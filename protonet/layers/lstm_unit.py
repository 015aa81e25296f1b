"""LSTMUnit: one time step of an LSTM, without its weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer, exactly
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import recurrent
from ._index import no_gradient


@register
class LSTMUnit(Layer):
    """Let the gates work on the memory.

    bottom[0] c_prev (1, N, D), bottom[1] gates i, f, o, g before activation (1, N, 4D),
    bottom[2] cont (1, N) -> top[0] c (1, N, D), top[1] h (1, N, D):

        c = cont sigmoid(f) c_prev + sigmoid(i) tanh(g),  h = sigmoid(o) tanh(c)

    A cont that is neither 0 nor 1 scales the forget gate, and as in Caffe the gate's derivative
    is taken at the scaled value.
    """

    type = "LSTMUnit"
    bottoms = exactly(3)
    tops = exactly(2)
    backward_reads = frozenset({"bottom"})

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index != 2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        c, gates, cont = (blob.shape for blob in bottom)
        if len(c) != 3 or c[0] != 1 or gates != (1, c[1], 4 * c[2]) or cont != (1, c[1]):
            raise ShapeError(
                f"the bottoms have shapes {c}, {gates} and {cont}",
                "they must be (1, N, D), (1, N, 4 D) and (1, N)",
            )
        for blob in top:
            blob.reshape(*c)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        c_prev, gates, cont = (blob.data[0] for blob in bottom)
        active = self.scratch("gates", gates.shape)
        np.copyto(active, gates)
        recurrent.lstm_unit(
            active,
            cont,
            c_prev,
            top[0].data[0],
            self.scratch("tanh_c", c_prev.shape),
            top[1].data[0],
        )

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[2]:
            raise no_gradient("the marks")
        c_prev, gates = bottom[0].data[0], bottom[1].data[0]
        dc_prev, dgates = (
            blob.diff[0] if wanted else self.scratch(name, blob.shape[1:])
            for blob, wanted, name in zip(bottom, propagate_down, ("dc_prev", "dgates"))
        )
        recurrent.lstm_unit_backward(
            self.scratch("gates", gates.shape),
            c_prev,
            self.scratch("tanh_c", c_prev.shape),
            top[1].diff[0],
            top[0].diff[0],
            dgates,
            dc_prev,
        )
