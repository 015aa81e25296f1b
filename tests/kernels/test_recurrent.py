"""Recurrences against the formulas, one number at a time."""

from __future__ import annotations

from math import exp, tanh

import numpy as np

from protonet.kernels import recurrent

T, N, D = 4, 3, 2


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def values(*shapes):
    rng = np.random.default_rng(8)
    return [rng.standard_normal(shape) for shape in shapes]


CONT = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1]], float)


def test_lstm_by_hand():
    gates, w_h, h_0, c_0 = values((T, N, 4 * D), (4 * D, D), (N, D), (N, D))
    inputs, c = gates.copy(), np.concatenate([c_0[None], np.full((T, N, D), np.nan)])
    h, h_in, tanh_c = np.full((3, T, N, D), np.nan)
    recurrent.lstm(gates, w_h, CONT, h_0, c, h, h_in, tanh_c)
    for n in range(N):
        state, memory = h_0[n], c_0[n]
        for t in range(T):
            before = inputs[t, n] + w_h @ (CONT[t, n] * state)
            i, f, o, g = before.reshape(4, D)
            memory = np.array(
                [
                    CONT[t, n] * sigmoid(f[k]) * memory[k] + sigmoid(i[k]) * tanh(g[k])
                    for k in range(D)
                ]
            )
            state = np.array([sigmoid(o[k]) * tanh(memory[k]) for k in range(D)])
            np.testing.assert_allclose(h[t, n], state, rtol=1e-12)
            np.testing.assert_allclose(c[t + 1, n], memory, rtol=1e-12)


def test_rnn_by_hand():
    hidden, w_h, h_0 = values((T, N, D), (D, D), (N, D))
    inputs, h_in = hidden.copy(), np.empty((T, N, D))
    recurrent.rnn(hidden, w_h, CONT, h_0, h_in)
    for n in range(N):
        state = h_0[n]
        for t in range(T):
            before = inputs[t, n] + w_h @ (CONT[t, n] * state)
            state = np.array([tanh(x) for x in before])
            np.testing.assert_allclose(hidden[t, n], state, rtol=1e-12)


def test_gates_far_out_do_not_overflow():
    gates = np.array([[1e4, -1e4, 1e4, -1e4]], np.float32)
    c_prev = np.ones((1, 1), np.float32)
    c, tanh_c, h = np.zeros((3, 1, 1), np.float32)
    recurrent.lstm_unit(gates, np.ones(1, np.float32), c_prev, c, tanh_c, h)
    assert gates.tolist() == [[1, 0, 1, -1]]
    assert c.item() == -1


def test_no_gradient_crosses_the_beginning_of_a_sequence():
    gates, w_h, h_0, c_0 = values((T, N, 4 * D), (4 * D, D), (N, D), (N, D))
    c = np.concatenate([c_0[None], np.zeros((T, N, D))])
    h, h_in, tanh_c = np.zeros((3, T, N, D))
    cont = np.ones((T, N))
    cont[2] = 0
    recurrent.lstm(gates, w_h, cont, h_0, c, h, h_in, tanh_c)
    dy, dgates = np.zeros((T, N, D)), np.empty_like(gates)
    dy[2:] = 1
    recurrent.lstm_backward(dy, gates, w_h, cont, c, tanh_c, dgates)
    assert not dgates[:2].any()
    assert dgates[2:].any(axis=(1, 2)).all()
