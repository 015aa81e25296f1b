"""Rows of the recurrent layers.

Sequences begin at the first step of a pass: what a pass leaves behind for the next one would
make two passes differ.
"""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape


def begins(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """0 at the first step, then mostly 1."""
    cont = (rng.random(shape) < 0.7).astype(float)
    cont[0] = 0
    return cont


def goes_on(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """0 or 1, at the first step too: for a state that is handed in."""
    return (rng.random(shape) < 0.7).astype(float)


def halves(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """0, 1, 0, 1, ..."""
    return np.resize([0.0, 1.0], shape)


X, CONT, STATIC, STATE = (4, 3, 5), (4, 3), (3, 2), (1, 3, 3)
OTHER_X, OTHER_CONT, OTHER_STATIC, OTHER_STATE = (5, 2, 5), (5, 2), (2, 2), (1, 2, 3)
FILLERS = 'weight_filler { type: "xavier" } bias_filler { value: 0.25 }'


def _rows(type_name: str, states: int) -> list[Row]:
    def text(exposed: bool) -> str:
        expose = "expose_hidden: true" if exposed else ""
        return f'type: "{type_name}" recurrent_param {{ num_output: 3 {FILLERS} {expose} }}'

    kind, cont = type_name.lower(), {1: begins}
    exposed, other_exposed = (STATE,) * states, (OTHER_STATE,) * states
    return [
        Row(f"{kind}_plain", text(False), (X, CONT), values=cont, other=(OTHER_X, OTHER_CONT)),
        Row(
            f"{kind}_images",
            text(False),
            ((3, 2, 2, 3), (3, 2)),
            values=cont,
            other=((2, 4, 2, 3), (2, 4)),
        ),
        Row(
            f"{kind}_static",
            text(False),
            (X, CONT, STATIC),
            values=cont,
            other=(OTHER_X, OTHER_CONT, OTHER_STATIC),
        ),
        Row(
            f"{kind}_exposed",
            text(True),
            (X, CONT, *exposed),
            tops=1 + states,
            values={1: goes_on},
            gradient=(0,),
            top_gradient=(0,),
            other=(OTHER_X, OTHER_CONT, *other_exposed),
        ),
        Row(
            f"{kind}_static_exposed",
            text(True),
            (X, CONT, STATIC, *exposed),
            tops=1 + states,
            values={1: goes_on},
            gradient=(0, 2),
            top_gradient=(0,),
            other=(OTHER_X, OTHER_CONT, OTHER_STATIC, *other_exposed),
        ),
    ]


ROWS = [
    *_rows("LSTM", 2),
    *_rows("RNN", 1),
    Row(
        "lstm_unit",
        'type: "LSTMUnit"',
        ((1, 3, 2), (1, 3, 8), (1, 3)),
        tops=2,
        values={2: halves},
        other=((1, 4, 3), (1, 4, 12), (1, 4)),
    ),
]
