"""Rows of the layers that look at windows, and of InnerProduct."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape


def positive(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.uniform(0.1, 1.0, shape)


def conv(name: str, param: str, *bottoms: Shape, layer: str = "Convolution", **more) -> Row:
    text = f'type: "{layer}" convolution_param {{ {param} }}'
    return Row(f"{layer.lower()}_{name}", text, bottoms, tops=len(bottoms), **more)


def deconv(name: str, param: str, *bottoms: Shape) -> Row:
    return conv(name, param, *bottoms, layer="Deconvolution")


def pool(name: str, param: str, shape: Shape = (2, 3, 5, 7), **more) -> Row:
    return Row(f"pooling_{name}", f'type: "Pooling" pooling_param {{ {param} }}', (shape,), **more)


def inner(name: str, param: str, shape: Shape) -> Row:
    text = f'type: "InnerProduct" inner_product_param {{ {WEIGHTS} {param} }}'
    return Row(f"innerproduct_{name}", text, (shape,))


def lrn(name: str, param: str, shape: Shape = (2, 6, 3, 2)) -> Row:
    return Row(f"lrn_{name}", f'type: "LRN" lrn_param {{ {param} }}', (shape,))


FILLERS = '{ type: "uniform" min: -1 max: 1 }'
WEIGHTS = f"weight_filler {FILLERS} bias_filler {FILLERS}"
RECT = "kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 2"
DILATED = "kernel_size: 3 dilation: 2 dilation: 1"
CUBE = "kernel_size: 2 pad: 1 pad: 0 pad: 2"
TWICE = "kernel_size: 4 stride: 2 pad: 1"
TWO = "kernel_size: 2 stride: 2"

ROWS = [
    conv("rect", f"num_output: 4 {RECT} {WEIGHTS}", (2, 3, 5, 6)),
    conv("two_bottoms", f"num_output: 2 {RECT} {WEIGHTS}", (2, 3, 5, 4), (2, 3, 5, 4)),
    conv("group", f"num_output: 6 kernel_size: 3 pad: 1 group: 2 {WEIGHTS}", (2, 4, 4, 5)),
    conv("depthwise", f"num_output: 3 group: 3 {RECT} {WEIGHTS}", (2, 3, 5, 6)),
    conv("multiplier", f"num_output: 6 group: 3 kernel_size: 2 {WEIGHTS}", (2, 3, 4, 5)),
    conv(
        "dilation", f"num_output: 2 kernel_size: 3 dilation: 2 dilation: 1 {WEIGHTS}", (1, 2, 7, 5)
    ),
    conv("pointwise", f"num_output: 5 kernel_size: 1 bias_term: false {WEIGHTS}", (2, 3, 4, 5)),
    conv("no_space", f"num_output: 3 {WEIGHTS}", (4, 5)),
    conv("one_axis", f"num_output: 3 kernel_size: 3 stride: 2 pad: 1 {WEIGHTS}", (2, 3, 8)),
    conv(
        "three_axes",
        f"num_output: 2 {CUBE} {WEIGHTS}",
        (1, 2, 3, 4, 3),
    ),
    conv("axis", f"num_output: 2 kernel_size: 2 axis: 2 {WEIGHTS}", (2, 2, 3, 4, 3)),
    conv("hole", f"num_output: 2 kernel_size: 3 hole_h: 2 {WEIGHTS}", (1, 2, 7, 5)),
    conv(
        "sides",
        f"num_output: 2 kernel_size: 3 stride: 2 pad_l: 2 pad_b: 1 {WEIGHTS}",
        (2, 3, 5, 6),
        (2, 3, 5, 6),
    ),
    deconv("rect", f"num_output: 2 {RECT} {WEIGHTS}", (2, 3, 3, 4)),
    deconv("stride_one", f"num_output: 2 kernel_size: 3 pad: 1 {WEIGHTS}", (2, 3, 3, 4)),
    deconv("group", f"num_output: 4 kernel_size: 3 stride: 2 group: 2 {WEIGHTS}", (1, 6, 3, 2)),
    deconv(
        "depthwise",
        f"num_output: 3 {TWICE} group: 3 {WEIGHTS}",
        (2, 3, 3, 4),
    ),
    deconv("three_axes", f"num_output: 2 kernel_size: 2 stride: 2 {WEIGHTS}", (1, 2, 2, 3, 2)),
    conv("rect", RECT, (2, 3, 5, 6), layer="Im2col"),
    conv("one_axis", "kernel_size: 3 dilation: 2 pad: 2", (2, 3, 7), layer="Im2col"),
    pool("max_sides", "kernel_size: 3 stride: 2 pad_t: 2 pad_l: 1 pad_r: 2"),
    pool("mean_sides", "pool: AVE kernel_size: 3 stride: 2 pad_b: 2 pad_l: 1 ceil_mode: false"),
    pool("mean_inside", "pool: AVE_EXC_PAD kernel_size: 3 stride: 2 pad: 1 ceil_mode: false"),
    pool("mean_inside_older", "pool: AVE_TF kernel_h: 2 kernel_w: 3 pad_h: 0 pad_w: 1"),
    pool("max_same", "kernel_size: 2 pad_type: 1"),
    pool("mean_same", "pool: AVE kernel_size: 3 stride: 2 pad_type: 1"),
    pool("max", "kernel_size: 2 stride: 2", (2, 3, 4, 6)),
    pool("max_overlap", "pool: MAX kernel_h: 3 kernel_w: 2 stride: 2 pad_h: 1"),
    pool("max_index", "kernel_size: 3 stride: 2 pad: 1", tops=2),
    pool("max_gaps", "kernel_size: 2 stride_h: 3 stride_w: 4 pad_w: 1"),
    pool("max_global", "global_pooling: true"),
    pool("ave", "pool: AVE kernel_h: 3 kernel_w: 2 stride: 2 pad_h: 1"),
    pool("ave_floor", "pool: AVE kernel_size: 3 stride: 2 round_mode: FLOOR", (2, 2, 6, 8)),
    pool("ave_global", "pool: AVE global_pooling: true"),
    pool("stochastic", f"pool: STOCHASTIC {TWO}", values={0: positive}, random=True),
    pool("weighted", f"pool: STOCHASTIC {TWO}", values={0: positive}, phase="TEST"),
    inner("plain", "num_output: 4", (3, 2, 2, 5)),
    inner("axis", "num_output: 4 axis: -1 bias_term: false", (2, 3, 5)),
    inner("transpose", "num_output: 3 transpose: true", (4, 5)),
    Row("spp_max", 'type: "SPP" spp_param { pyramid_height: 3 }', ((2, 3, 7, 9),)),
    Row("spp_ave", 'type: "SPP" spp_param { pyramid_height: 2 pool: AVE }', ((2, 2, 5, 7),)),
    Row("spp_one", 'type: "SPP" spp_param { pyramid_height: 1 }', ((2, 2, 5, 6),)),
    lrn("across", "local_size: 3 alpha: 2 k: 1.5"),
    lrn("power", "local_size: 5 alpha: 0.5 beta: 0.6", (2, 3, 2, 3)),
    lrn("within", "local_size: 3 alpha: 3 norm_region: WITHIN_CHANNEL", (2, 2, 5, 4)),
]
