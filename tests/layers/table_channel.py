"""Rows of the layers in `layers/channel`."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape

from .table_common import indices

X4 = (2, 6, 5, 4)


def around_six(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """From -9 to 9, no two alike, none at 0 or 6."""
    return rng.permutation(np.linspace(-9, 9, int(np.prod(shape))) + 0.004).reshape(shape)


ROWS: list[Row] = [
    Row("relu6", 'type: "ReLU6"', (X4,), values={0: around_six}),
    Row(
        "relu6_leaky",
        'type: "ReLU6" relu6_param { negative_slope: 0.25 n: 2 }',
        ((3, 5),),
        values={0: around_six},
    ),
    Row("relu_up_to_6", 'type: "ReLU" relu_param { relu6: true }', (X4,), values={0: around_six}),
    Row("squeeze", 'type: "Squeeze"', ((2, 1, 3, 1),)),
    Row("squeeze_one", 'type: "Squeeze" squeeze_param { axis: -1 }', ((2, 1, 3, 1),)),
    Row("axpy", 'type: "Axpy"', ((2, 6, 1, 1), X4, X4)),
    Row("axpy_rows", 'type: "Axpy"', ((3, 4),) * 3),
    Row("shuffle", 'type: "ShuffleChannel" shuffle_channel_param { group: 3 }', (X4,)),
    Row("flip", 'type: "Flip"', (X4,)),
    Row("flip_both", 'type: "Flip" flip_param { flip_height: true }', (X4,)),
    Row("reverse", 'type: "Reverse"', ((4, 3, 2),)),
    Row("reverse_two", 'type: "Reverse" reverse_param { axis: 0 axis: -1 }', ((4, 3, 2),)),
    Row("transpose", 'type: "Transpose" transpose_param { dim: 1 dim: 2 dim: 0 }', ((4, 3, 2),)),
    Row(
        "depthwise_by_its_name",
        'type: "DepthwiseConvolution" convolution_param { num_output: 6 group: 6 kernel_size: 3 '
        'pad: 1 weight_filler { type: "gaussian" } }',
        (X4,),
    ),
    Row(
        "one_filter_a_channel",
        'type: "ConvolutionDepthwise" convolution_param { kernel_h: 3 kernel_w: 2 stride: 2 '
        'pad_h: 1 pad_w: 0 weight_filler { type: "gaussian" } }',
        (X4,),
    ),
    Row("grn", 'type: "GRN"', (X4,)),
    Row("grn_bias", 'type: "GRN" grn_param { bias: 0.5 }', ((3, 5),)),
    # hands the gradient through, which is not its own
    Row(
        "grn_dummy",
        'type: "GRN" grn_param { dummy_backward: true }',
        (X4,),
    ),
    Row("channel_scale", 'type: "ChannelScale"', (X4, (2, 1, 5, 4))),
    # what is switched off is no derivative
    Row(
        "channel_scale_off",
        'type: "ChannelScale" channel_scale_param { do_forward: false do_backward_feature: false '
        "do_backward_scale: false }",
        (X4, (2, 1, 5, 4)),
    ),
    Row(
        "label_specific_add",
        'type: "LabelSpecificAdd" label_specific_add_param { bias: -0.35 }',
        ((5, 60), (5,)),
        values={1: indices(60)},
    ),
    Row(
        "label_specific_add_shown",
        'type: "LabelSpecificAdd" label_specific_add_param { bias: 0.5 }',
        ((5, 60), (5,)),
        tops=2,
        values={1: indices(60)},
        top_gradient=(0,),
        in_place=False,  # the second top is no labels
    ),
]
