"""Layers that multiply by weights, look through windows, or normalise."""

from __future__ import annotations

from ...core.context import TEST
from ..worked import Example
from .values import counted, of, one, planes

_NINE = counted(1, 1, 3, 3)
_FOUR = planes([[1, 2], [3, 4]])
_SIXTEEN = planes([[1, 5, 2, 0], [3, 4, 8, 1], [6, 0, 7, 2], [9, 1, 3, 5]])
_KERNEL = [1, 0, 2, -1]
_CHANNELS = planes([[1, 2], [3, 4]], [[5, 6], [7, 8]])
_TWO = "num_output: 1 kernel_size: 2"

EXAMPLES = {
    "Convolution": (
        Example(
            of("Convolution", f"convolution_param {{ {_TWO} }}"),
            "one filter of 2x2 slides over 3x3",
            [_NINE],
            [_KERNEL, [0.5]],
            [planes([[1, 2], [3, 4]])],
        ),
        Example(
            of(
                "Convolution", "convolution_param { num_output: 1 kernel_size: 3 stride: 2 pad: 1 }"
            ),
            "stride 2 and a border of zeros",
            [_NINE],
            [[0, 1, 0, 1, -4, 1, 0, 1, 0], [0]],
            [planes([[1, 2], [3, 4]])],
        ),
    ),
    "Deconvolution": one(
        of("Deconvolution", f"convolution_param {{ {_TWO} bias_term: false }}"),
        _FOUR,
        blobs=[_KERNEL],
        title="each value is spread over 2x2, weighted, and what overlaps adds up",
    ),
    "ConvolutionDepthwise": one(
        of("ConvolutionDepthwise", "convolution_param { kernel_size: 2 bias_term: false }"),
        planes([[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [0, 1, 0]]),
        blobs=[[1, 0, 0, -1, 2, 2, 2, 2]],
        title="a filter of its own for each channel",
    ),
    "DepthwiseConvolution": one(
        of(
            "DepthwiseConvolution",
            "convolution_param { num_output: 2 group: 2 kernel_size: 2 bias_term: false }",
        ),
        planes([[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [0, 1, 0]]),
        blobs=[[1, 0, 0, -1, 2, 2, 2, 2]],
        title="a filter of its own for each channel",
    ),
    "Convolution3D": one(
        of(
            "Convolution3D",
            "convolution3d_param { num_output: 1 kernel_size: 2 kernel_depth: 2 bias_term: false }",
        ),
        [[[[[1, 2], [3, 4]], [[0, 1], [1, 0]], [[2, 2], [2, 2]]]]],
        blobs=[[1, 1, 1, 1, -1, -1, -1, -1]],
        title="two frames a window, three frames in all",
    ),
    "Im2col": one(
        of("Im2col", "convolution_param { kernel_size: 2 }"),
        _NINE,
        title="a channel for each cell of the window, a column for each place",
    ),
    "InnerProduct": one(
        of("InnerProduct", "inner_product_param { num_output: 2 }"),
        [[1, 2, 3], [4, 5, 6]],
        blobs=[[[1, 0, -1], [2, 1, 0]], [0.5, -0.5]],
        diffs=[[[1, 2], [3, 4]]],
        title="two items of three features, two outputs",
    ),
    "Embed": one(
        of("Embed", "embed_param { num_output: 2 input_dim: 3 }"),
        [2, 0, 2],
        blobs=[[[1, 2], [3, 4], [5, 6]], [0, 10]],
        title="rows 2, 0 and 2 of the matrix",
    ),
    "Pooling": (
        Example(
            of("Pooling", "pooling_param { kernel_size: 2 stride: 2 }"),
            "the largest of each window of 2x2",
            [_SIXTEEN],
        ),
        Example(
            of("Pooling", "pooling_param { pool: AVE kernel_size: 2 stride: 1 }"),
            "the mean of windows that overlap",
            [_NINE],
        ),
    ),
    "Pooling3D": one(
        of("Pooling3D", "pooling3d_param { kernel_size: 2 kernel_depth: 2 }"),
        [[[[[1, 2], [3, 4]], [[0, 9], [1, 0]], [[2, 5], [2, 2]]]]],
        title="the largest of two frames",
    ),
    "SPP": one(
        of("SPP", "spp_param { pyramid_height: 2 }"),
        _SIXTEEN,
        title="the largest of all, then of each quarter",
    ),
    "LRN": one(
        of("LRN", "lrn_param { local_size: 3 alpha: 3 beta: 0.5 k: 1 }"),
        [[[[1]], [[2]], [[2]], [[0]]]],
        title="four channels at one place; three neighbours each",
    ),
    "BatchNorm": (
        Example(
            of("BatchNorm", "batch_norm_param { eps: 0 }"),
            "mean and variance of the batch, in TRAIN",
            [[[1, 10], [2, 20], [3, 20], [6, 10]]],
            diffs=[[[1, 0], [0, 1], [0, 0], [1, 0]]],
        ),
        Example(
            of("BatchNorm", "batch_norm_param { eps: 0 }"),
            "the stored sums of two batches, in TEST",
            [[[1, 10], [2, 20]]],
            [[6, 20], [8, 50], [2]],
            phase=TEST,
        ),
    ),
    "MVN": one(
        of("MVN", "mvn_param { eps: 0 }"),
        [[[[1, 2], [3, 6]]]],
        diffs=[[1, 0, 0, 1]],
        title="one channel of one image",
    ),
    "Scale": one(
        of("Scale", "scale_param { bias_term: true }"),
        _CHANNELS,
        blobs=[[2, -1], [0.5, 10]],
        title="a factor and an offset for each channel",
    ),
    "Bias": one(of("Bias"), _CHANNELS, blobs=[[10, 20]], title="an offset for each channel"),
    "Axpy": one(
        of("Axpy"),
        [[2, -1]],
        _CHANNELS,
        [[[[1, 1], [1, 1]], [[0, 0], [0, 9]]]],
        title="a factor for each channel, and the shortcut",
    ),
    "ChannelScale": one(
        of("ChannelScale"), _CHANNELS, planes([[1, 10], [0, -1]]), title="a factor for each place"
    ),
    "GRN": one(
        of("GRN", "grn_param { bias: 0 }"), [[3, 4], [0, 2]], title="two vectors of two channels"
    ),
    "BN of segnet": one(
        of("BN", "bn_param { bn_mode: LEARN }"),
        [[[[1]]], [[[2]]], [[[3]]], [[[6]]]],
        blobs=[[2], [1]],
        fork="segnet",
        title="normalised over the batch, times 2, plus 1",
    ),
    "BN of pspnet": one(
        of("BN", "bn_param { momentum: 0.5 }"),
        [[[[1]]], [[[2]]], [[[3]]], [[[6]]]],
        blobs=[[2], [1], [0], [1]],
        fork="pspnet",
        title="normalised over the batch, times 2, plus 1",
    ),
    "Normalize of ssd": one(
        of("Normalize", "norm_param { across_spatial: false eps: 0 }"),
        planes([[3, 0]], [[4, 2]]),
        blobs=[[10]],
        fork="ssd",
        title="the vector over two channels gets the length 10",
    ),
    "Normalize of happynear": one(
        of("Normalize"), [[3, 4], [6, 8]], fork="happynear", title="two vectors of length 1"
    ),
    "MultiStageMeanfield": one(
        of(
            "MultiStageMeanfield",
            "multi_stage_meanfield_param { num_iterations: 2 theta_alpha: 2 theta_beta: 5 "
            "theta_gamma: 1 }",
        ),
        planes([[2, 1, 0]], [[0, 1, 2]]),
        planes([[2, 1, 0]], [[0, 1, 2]]),
        planes([[9, 9, 0]], [[9, 9, 0]], [[9, 9, 0]]),
        title="three pixels of two labels; two are alike in colour",
        blobs=[[3, 0, 0, 3], [5, 0, 0, 5], [-1, 0, 0, -1]],
        diffs=[planes([[1, 0, 0]], [[0, 0, 0]])],
    ),
}
