"""Layers of sequences."""

from __future__ import annotations

from .values import of, one

_X, _CONT = [[[1]], [[2]]], [[0], [1]]

EXAMPLES = {
    "RNN": one(
        of("RNN", "recurrent_param { num_output: 1 }"),
        _X,
        _CONT,
        blobs=[[0.5], [0], [1], [1], [0]],
        title="one unit, two steps; h = tanh(0.5 x + h before), o = tanh(h)",
    ),
    "LSTM": one(
        of("LSTM", "recurrent_param { num_output: 1 }"),
        _X,
        _CONT,
        blobs=[[1, 0, 1, 0.5], [0, 1, 0, 0], [0, 0, 0, 1]],
        title="one cell, two steps; rows of the weights: input, forget, output, candidate",
    ),
    "LSTMUnit": one(
        of("LSTMUnit"),
        [[[2]]],
        [[[1, 0, -1, 0.5]]],
        [[1]],
        tops=2,
        diffs=[[[[0]]], [[[1]]]],
        title="one cell: a memory of 2, four gates",
    ),
    "Lstm": one(
        of("Lstm", "lstm_param { num_output: 1 }"),
        _X,
        blobs=[[1, 0, 1, 0.5], [0, 0, 0, 1], [0, 1, 0, 0]],
        title="one cell, two steps; rows of the weights: input, forget, output, candidate",
    ),
    "CTCGreedyDecoder": one(
        of("CTCGreedyDecoder"),
        [[[0, 5, 1]], [[0, 5, 1]], [[9, 1, 1]], [[0, 1, 5]]],
        [[0], [1], [1], [1]],
        tops=2,
        title="best at each step: 1, 1, nothing, 2",
    ),
}
