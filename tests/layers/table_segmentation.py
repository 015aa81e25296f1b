"""Rows of the layers in `layers/segmentation`."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape, Values

from .table_common import indices

X4 = (2, 3, 5, 4)
FILLERS = "scale_filler { value: 1 } shift_filler { value: 0 }"
SLOPES = "slope_filler { value: 1 } bias_filler { value: 0 }"


def places(size: int) -> Values:
    """For each plane as many different places of `size`, in any order."""

    def make(rng: np.random.Generator, shape: Shape) -> np.ndarray:
        planes = int(np.prod(shape[:2]))
        each = int(np.prod(shape[2:]))
        return np.stack([rng.permutation(size)[:each] for _ in range(planes)]).reshape(shape)

    return make


ROWS: list[Row] = [
    Row("bn_segnet", f'type: "BN" bn_param {{ {FILLERS} }}', (X4,), fork="segnet"),
    Row(
        "bn_segnet_shown",
        f'type: "BN" bn_param {{ {FILLERS} }}',
        (X4,),
        tops=3,
        fork="segnet",
        top_gradient=(0,),
    ),
    Row(
        "bn_segnet_inference",
        f'type: "BN" bn_param {{ bn_mode: INFERENCE {FILLERS} }}',
        (X4,),
        fork="segnet",
    ),
    Row("bn_pspnet", f'type: "BN" bn_param {{ {SLOPES} }}', (X4,), fork="pspnet"),
    Row(
        "bn_pspnet_frozen",
        f'type: "BN" bn_param {{ {SLOPES} frozen: true }}',
        (X4,),
        fork="pspnet",
    ),
    Row("interp_larger", 'type: "Interp" interp_param { height: 9 width: 7 }', (X4,)),
    Row("interp_smaller", 'type: "Interp" interp_param { height: 2 width: 3 }', (X4,)),
    Row("interp_same", 'type: "Interp" interp_param { zoom_factor: 1 }', (X4,)),
    Row(
        "interp_cut",
        'type: "Interp" interp_param { zoom_factor: 2 shrink_factor: 2 pad_beg: -1 }',
        (X4,),
    ),
    Row(
        "upsample_segnet",
        'type: "Upsample" upsample_param { scale: 2 }',
        (X4, X4),
        values={1: places(80)},
        fork="segnet",
    ),
    Row(
        "upsample_segnet_sized",
        'type: "Upsample" upsample_param { upsample_h: 7 upsample_w: 9 }',
        (X4, X4),
        values={1: places(63)},
        fork="segnet",
    ),
    Row(
        "unpooling",
        'type: "Unpooling" unpooling_param { kernel_size: 2 stride: 2 }',
        (X4, X4),
        values={1: places(88)},
    ),
    Row(
        "unpooling_corners",
        'type: "Unpooling" unpooling_param { stride_h: 2 stride_w: 1 unpool_h: 10 unpool_w: 4 }',
        (X4,),
    ),
    Row(
        "seg_accuracy",
        'type: "SegAccuracy" seg_accuracy_param { ignore_label: 2 }',
        (X4, (2, 1, 5, 4)),
        values={1: indices(3)},
    ),
    Row(
        "eltwise_accuracy",
        'type: "EltwiseAccuracy" eltwise_accuracy_param { top_k: 2 ignore_label: 2 }',
        ((2, 21, 5, 4), (2, 1, 5, 4)),
        values={1: indices(21)},
    ),
    Row("padding", 'type: "Padding" padding_param { pad_beg: 1 pad_end: 2 }', (X4,)),
    Row("padding_cut", 'type: "Padding" padding_param { pad_beg: -2 pad_end: -1 }', (X4,)),
    Row("mat_write", 'type: "MatWrite" mat_write_param { prefix: "x" }', (X4, (3,)), tops=0),
    Row("mask_pooling", 'type: "MaskPooling"', (X4, (2, 1, 5, 4))),
    Row(
        "mask_resize",
        'type: "MaskResize" mask_resize_param { output_height: 8 output_width: 3 }',
        (X4,),
    ),
    Row(
        "mean_field",
        'type: "MultiStageMeanfield" multi_stage_meanfield_param { num_iterations: 2 '
        "theta_alpha: 3 theta_beta: 0.5 theta_gamma: 2 }",
        (X4, X4, X4),
        steady=False,  # the lattice of each image is a new one
    ),
]
