"""Rows of the layers that work value by value."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape

X4, X3, X2, X0 = (2, 3, 5, 4), (3, 4, 5), (5, 7), ()


def positive(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0.2, 3, shape)


def wide(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(-9, 9, shape)


ROWS = [
    # rectifiers
    Row("relu", 'type: "ReLU"', (X4,)),
    Row("relu_leaky", 'type: "ReLU" relu_param { negative_slope: 0.1 }', (X3,)),
    Row("relu_steep", 'type: "ReLU" relu_param { negative_slope: 1.5 }', (X2,)),
    Row("relu_folded", 'type: "ReLU" relu_param { negative_slope: -0.5 }', (X2,)),
    Row("relu_scalar", 'type: "ReLU"', (X0,), other=((2,),)),
    Row("prelu", 'type: "PReLU"', (X4,)),
    Row("prelu_2d", 'type: "PReLU"', (X2,)),
    Row("prelu_shared", 'type: "PReLU" prelu_param { channel_shared: true }', (X3,)),
    Row("elu", 'type: "ELU"', (X4,)),
    Row("elu_alpha", 'type: "ELU" elu_param { alpha: 0.3 }', (X3,)),
    Row("elu_zero", 'type: "ELU" elu_param { alpha: 0 }', (X3,)),
    Row("elu_negative", 'type: "ELU" elu_param { alpha: -0.7 }', (X3,)),
    Row("bnll", 'type: "BNLL"', (X4,), values={0: wide}),
    Row("clip", 'type: "Clip" clip_param { min: -0.35 max: 0.6 }', (X4,)),
    Row("threshold", 'type: "Threshold" threshold_param { threshold: 0.3 }', (X4,)),
    Row("abs_val", 'type: "AbsVal"', (X4,)),
    # squashing
    Row("sigmoid", 'type: "Sigmoid"', (X4,), values={0: wide}),
    Row("tanh", 'type: "TanH"', (X4,)),
    Row("swish", 'type: "Swish"', (X4,)),
    Row("swish_beta", 'type: "Swish" swish_param { beta: 2.5 }', (X3,)),
    # powers and logarithms
    Row("exp", 'type: "Exp"', (X4,)),
    Row("exp_base", 'type: "Exp" exp_param { base: 3 scale: -0.5 shift: 0.7 }', (X3,)),
    Row("log", 'type: "Log"', (X4,), values={0: positive}),
    Row(
        "log_base",
        'type: "Log" log_param { base: 0.5 scale: 2 shift: 0.5 }',
        (X3,),
        values={0: positive},
    ),
    Row("power_default", 'type: "Power"', (X3,)),
    Row("power_square", 'type: "Power" power_param { power: 2 scale: -1.5 shift: 0.5 }', (X4,)),
    Row("power_cube", 'type: "Power" power_param { power: 3 }', (X4,)),
    Row(
        "power_root",
        'type: "Power" power_param { power: 0.5 scale: 2 }',
        (X3,),
        values={0: positive},
    ),
    Row("power_inverse", 'type: "Power" power_param { power: -1 }', (X3,), values={0: positive}),
    Row("power_fraction", 'type: "Power" power_param { power: 1.7 shift: 1.5 }', (X3,)),
    Row("power_zero", 'type: "Power" power_param { power: 0 shift: 2 }', (X3,)),
    Row("power_no_scale", 'type: "Power" power_param { power: 2 scale: 0 shift: 3 }', (X3,)),
    # chance
    Row("dropout", 'type: "Dropout"', (X4,), random=True),
    Row(
        "dropout_ratio", 'type: "Dropout" dropout_param { dropout_ratio: 0.2 }', (X2,), random=True
    ),
    Row("dropout_test", 'type: "Dropout"', (X4,), phase="TEST"),
    Row(
        "dropout_unscaled",
        'type: "Dropout" dropout_param { scale_train: false }',
        (X4,),
        random=True,
    ),
    Row(
        "dropout_unscaled_test",
        'type: "Dropout" dropout_param { scale_train: false }',
        (X4,),
        phase="TEST",
    ),
    # one axis together
    Row("softmax", 'type: "Softmax"', (X4,)),
    Row("softmax_2d", 'type: "Softmax"', (X2,)),
    Row("softmax_axis", 'type: "Softmax" softmax_param { axis: -1 }', (X3,)),
    Row("softmax_axis0", 'type: "Softmax" softmax_param { axis: 0 }', (X3,)),
]
