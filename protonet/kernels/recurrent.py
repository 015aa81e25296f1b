"""LSTM and plain recurrence, step by step through time, forward and back.

Arrays over time are (T, N, ...): T steps of N sequences.  What comes from the inputs is one
matrix product for all steps, done before; only the product with the state before must wait
for it, and is done here.  `cont` (T, N) multiplies the state that enters a step: 0 starts a
new sequence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import inner_product
from .scratch import buffer


def lstm_unit(
    gates: NDArray, cont: NDArray, c_prev: NDArray, c: NDArray, tanh_c: NDArray, h: NDArray
) -> None:
    """One step: c = f * c_prev + i * g, h = o * tanh(c), with f = cont * sigmoid(.).

    gates (N, 4D): i, f, o, g before their activation on entry, after it on return.
    cont (N); all others (N, D).
    """
    size = c.shape[-1]
    sigmoids = gates[:, : 3 * size]
    # sigmoid(x) = (1 + tanh(x / 2)) / 2 cannot overflow, and one tanh serves all four.
    np.multiply(sigmoids, 0.5, out=sigmoids)
    np.tanh(gates, out=gates)
    np.multiply(sigmoids, 0.5, out=sigmoids)
    np.add(sigmoids, 0.5, out=sigmoids)
    i, f, o, g = _gates(gates)
    np.multiply(f, cont[:, None], out=f)
    np.multiply(f, c_prev, out=c)
    np.multiply(i, g, out=tanh_c)
    np.add(c, tanh_c, out=c)
    np.tanh(c, out=tanh_c)
    np.multiply(o, tanh_c, out=h)


def lstm_unit_backward(
    gates: NDArray,
    c_prev: NDArray,
    tanh_c: NDArray,
    dh: NDArray,
    dc: NDArray,
    dgates: NDArray,
    dc_prev: NDArray,
) -> None:
    """Gradients of one step.

    dh, dc: what reaches h and c from above and from the next step.  dgates: with respect to
    the gates before their activation.  dc_prev: with respect to c_prev; may be dc.
    """
    size = tanh_c.shape[-1]
    i, f, o, g = _gates(gates)
    di, df, do, dg = _gates(dgates)
    total = buffer("lstm", dh.shape, dh.dtype)  # all of the gradient of c: dc + dh o (1 - tanh^2)
    np.multiply(tanh_c, tanh_c, out=total)
    np.subtract(1, total, out=total)
    np.multiply(total, o, out=total)
    np.multiply(total, dh, out=total)
    np.add(total, dc, out=total)

    sigmoids, slopes = gates[:, : 3 * size], dgates[:, : 3 * size]
    np.subtract(1, sigmoids, out=slopes)
    np.multiply(slopes, sigmoids, out=slopes)
    for slope, other, grad in ((di, g, total), (df, c_prev, total), (do, tanh_c, dh)):
        np.multiply(slope, other, out=slope)
        np.multiply(slope, grad, out=slope)
    np.multiply(g, g, out=dg)
    np.subtract(1, dg, out=dg)
    np.multiply(dg, i, out=dg)
    np.multiply(dg, total, out=dg)
    np.multiply(total, f, out=dc_prev)


def lstm(
    gates: NDArray,
    w_h: NDArray,
    cont: NDArray,
    h_0: NDArray,
    c: NDArray,
    h: NDArray,
    h_in: NDArray,
    tanh_c: NDArray,
) -> None:
    """All steps.

    gates (T, N, 4D): the share of the inputs on entry, activated on return.  w_h (4D, D).
    h_0 (N, D) and c[0] of c (T+1, N, D): the state at the start.  h (T, N, D): the outputs.
    h_in: the state that entered each step, times cont.  tanh_c: what backward needs.
    """
    for t in range(len(gates)):
        np.multiply(h[t - 1] if t else h_0, cont[t, :, None], out=h_in[t])
        _add_product(w_h, h_in[t], gates[t])
        lstm_unit(gates[t], cont[t], c[t], c[t + 1], tanh_c[t], h[t])


def lstm_backward(
    dy: NDArray,
    gates: NDArray,
    w_h: NDArray,
    cont: NDArray,
    c: NDArray,
    tanh_c: NDArray,
    dgates: NDArray,
    clip: float = 0,
) -> None:
    """dgates (T, N, 4D), from the gradient dy (T, N, D) of the outputs, last step first.

    clip above 0: dgates are cut to +- clip at each step, before they go to the step before.
    """
    dh = buffer("recurrent dh", dy.shape[1:], dy.dtype)
    dc = buffer("recurrent dc", dy.shape[1:], dy.dtype)
    dh.fill(0)
    dc.fill(0)
    for t in reversed(range(len(dy))):
        np.add(dh, dy[t], out=dh)
        lstm_unit_backward(gates[t], c[t], tanh_c[t], dh, dc, dgates[t], dc)
        if clip > 0:
            np.clip(dgates[t], -clip, clip, out=dgates[t])
        inner_product.backward_few(dgates[t], w_h, dh)
        np.multiply(dh, cont[t, :, None], out=dh)


def rnn(hidden: NDArray, w_h: NDArray, cont: NDArray, h_0: NDArray, h_in: NDArray) -> None:
    """h_t = tanh(W_h (cont_t * h_{t-1}) + the share of the inputs).

    hidden (T, N, D): the share of the inputs on entry, h on return.  The rest as in `lstm`.
    """
    for t in range(len(hidden)):
        np.multiply(hidden[t - 1] if t else h_0, cont[t, :, None], out=h_in[t])
        _add_product(w_h, h_in[t], hidden[t])
        np.tanh(hidden[t], out=hidden[t])


def rnn_backward(dhidden: NDArray, hidden: NDArray, w_h: NDArray, cont: NDArray) -> None:
    """dhidden (T, N, D): on entry the gradient of h from above, on return that of what was
    inside the tanh."""
    dh = buffer("recurrent dh", hidden.shape[1:], hidden.dtype)
    slope = buffer("recurrent", hidden.shape[1:], hidden.dtype)
    dh.fill(0)
    for t in reversed(range(len(hidden))):
        np.add(dhidden[t], dh, out=dhidden[t])
        tanh_backward(hidden[t], dhidden[t], slope)
        inner_product.backward_few(dhidden[t], w_h, dh)
        np.multiply(dh, cont[t, :, None], out=dh)


def tanh_backward(y: NDArray, dy: NDArray, slope: NDArray) -> None:
    """dy *= 1 - y^2; `slope` is shaped as y."""
    np.multiply(y, y, out=slope)
    np.subtract(1, slope, out=slope)
    np.multiply(dy, slope, out=dy)


def _add_product(w_h: NDArray, h: NDArray, out: NDArray) -> None:
    """out (N, rows) += h w_h^T."""
    product = buffer("recurrent", out.shape, out.dtype)
    inner_product.forward(h, w_h, None, product)
    np.add(out, product, out=out)


def _gates(array: NDArray) -> list[NDArray]:
    """The four quarters of (N, 4D), as views."""
    size = array.shape[-1] // 4
    return [array[:, k * size : (k + 1) * size] for k in range(4)]
