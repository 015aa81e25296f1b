"""Windows that multiply: Convolution, Deconvolution, Im2col."""

from __future__ import annotations

from math import prod

import numpy as np

from ..dims import Dim, Dims
from ..op import Op
from ..registry import converter

WINDOW_FIELDS = (
    *("ConvolutionParameter.hole", "ConvolutionParameter.hole_h", "ConvolutionParameter.hole_w"),
    *("ConvolutionParameter.dilation_h", "ConvolutionParameter.dilation_w"),
    *(f"ConvolutionParameter.pad_{side}" for side in "lrtb"),
)


@converter("Convolution", fields=WINDOW_FIELDS)
def convolution(op: Op) -> list[str]:
    layer = op.layer
    window = layer.window
    sides = layer.margins or tuple((p, p) for p in window.pad)
    attributes = dict(
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=[before for before, _ in sides] + [behind for _, behind in sides],
        dilations=list(window.dilation),
        group=layer.group,
    )
    return [_windowed(op, "Conv", i, attributes) for i in range(len(op.bottom))]


@converter("Deconvolution", fields=WINDOW_FIELDS)
def deconvolution(op: Op) -> list[str]:
    layer = op.layer
    window = layer.window
    attributes = dict(
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=list(window.pad) * 2,
        dilations=list(window.dilation),
        group=layer.group,
    )
    return [_windowed(op, "ConvTranspose", i, attributes) for i in range(len(op.bottom))]


def _windowed(op: Op, kind: str, index: int, attributes: dict) -> str:
    """One bottom through the window: the axes before the channels become one, and a layer
    without spatial axes works on one cell."""
    axis, old, new = op.layer.axis, op.bottom_dims[index], op.top_dims[index]
    x, weights = op.bottom[index], op.weights(0)
    bias = [op.weights(1)] if len(op.layer.blobs) > 1 else []
    flat, spatial = images(old, axis), len(old) > axis + 1
    x = op.reshape(x, old, flat)
    if not spatial:
        x = op.unsqueeze(x, [len(flat)])
        weights = op.const(op.values(0)[..., None], "weights")
        attributes = {**attributes, "kernel_shape": [1], "strides": [1], "pads": [0, 0]}
        attributes["dilations"] = [1]
    y = op.node(kind, x, weights, *bias, **attributes)
    if not spatial:
        y = op.squeeze(y, [len(flat)])
    return op.reshape(y, images(new, axis), new)


def images(dims: Dims, axis: int) -> Dims:
    """The sizes with the axes before `axis` as one."""
    if axis == 1:
        return dims
    before = dims[:axis]
    whole = any(isinstance(dim, str) for dim in before)
    merged: Dim = "images" if whole else prod(int(dim) for dim in before)
    return (merged, *dims[axis:])


@converter("Im2col", fields=WINDOW_FIELDS)
def im2col(op: Op) -> str:
    """A convolution whose filters pick one cell of the window each."""
    layer, old, new = op.layer, op.bottom_dims[0], op.top_dims[0]
    window, axis = layer.window, layer.axis
    channels = int(op.fixed(old[axis : axis + 1], "the number of filters")[0])
    cells = prod(window.kernel)
    filters = np.tile(np.eye(cells, dtype=np.float32), (channels, 1))
    y = op.node(
        "Conv",
        op.reshape(op.bottom[0], old, images(old, axis)),
        op.const(filters.reshape(channels * cells, 1, *window.kernel), "cells"),
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=list(window.pad) * 2,
        dilations=list(window.dilation),
        group=channels,
    )
    return op.reshape(y, images(new, axis), new)
