"""Rows of the layers in `layers/tensor`."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape

X4 = (2, 8, 3, 4)


def bends(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """From -5 to 5, none near the places where HardSwish bends."""
    values = rng.permutation(np.linspace(-5, 5, int(np.prod(shape))))
    values[np.abs(np.abs(values) - 3) < 0.01] += 0.05
    return values.reshape(shape)


ROWS: list[Row] = [
    Row("hard_swish", 'type: "HardSwish"', (X4,), values={0: bends}),
    Row("mish", 'type: "Mish"', (X4,), values={0: bends}),
    Row("mul", 'type: "Mul"', (X4, X4)),
    Row("mul_spread", 'type: "Mul"', ((2, 3, 1), (4, 1, 3, 5)), other=((2, 3, 1), (5, 1, 3, 5))),
    Row("mul_scalar", 'type: "Mul"', (X4, ()), other=((3, 8, 3, 4), ())),
    Row("mul_learnt", 'type: "Mul" mul_param { mul_shape: 3 mul_shape: 1 }', (X4,)),
    Row("add", 'type: "Add"', (X4, X4)),
    Row("add_spread", 'type: "Add"', ((4,), (2, 3, 1)), other=((4,), (3, 3, 1))),
    Row(
        "pad",
        'type: "Pad" pad_param { paddings: [0, 0, 1, 2, 0, 3] constant_values: 0.5 }',
        ((2, 3, 2),),
    ),
    Row(
        "resize_bilinear",
        'type: "ResizeBilinear" resize_bilinear_param { scale_height: 2 output_width: 3 }',
        ((2, 3, 5, 2),),
    ),
    Row(
        "resize_bilinear_corners",
        'type: "ResizeBilinear" resize_bilinear_param { output_height: 7 output_width: 1 '
        'align_corners: true data_format: "NCHW" }',
        (X4,),
    ),
    Row(
        "resize_nearest",
        'type: "ResizeNearestNeighbor" resize_nearest_neighbor_param { output_height: 5 '
        'scale_width: 2 half_pixel_centers: true data_format: "NCHW" }',
        (X4,),
    ),
    Row(
        "depth_to_space",
        'type: "DepthToSpace" depth_to_space_param { block_size: 2 }',
        ((2, 3, 2, 12),),
    ),
    Row(
        "depth_to_space_crd",
        'type: "DepthToSpace" depth_to_space_param { block_size: 2 data_format: "CRD" }',
        (X4,),
    ),
    Row(
        "space_to_batch",
        'type: "SpaceToBatchND" space_to_batch_nd_param { block_shape: [1, 2, 3] '
        "paddings: [0, 0, 1, 0, 2, 0] }",
        (X4,),
    ),
    Row(
        "batch_to_space",
        'type: "BatchToSpaceND" batch_to_space_nd_param { block_shape: [2, 3] '
        "crops: [1, 0, 0, 2] }",
        ((12, 2, 3, 2),),
        other=((6, 2, 3, 2),),
    ),
    Row(
        "reshape_pixel_shuffle",
        'type: "Reshape" reshape_param { pixelshuffler: 2 }',
        (X4,),
    ),
]
