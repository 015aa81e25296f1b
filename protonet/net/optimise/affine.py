"""The layers that multiply and shift each channel, as two numbers a channel."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Layer
from ...layers.batch_norm import BatchNorm
from ...layers.bias import Bias
from ...layers.scale import Scale
from ..step import Step


def is_affine(step: Step) -> bool:
    """Is it y[n, c] = s[c] x[n, c] + t[c], with s and t of its parameters?"""
    layer, x = step.layer, step.bottom[0]
    if type(layer) is BatchNorm:
        return layer.global_stats
    if type(layer) in (Scale, Bias) and len(step.bottom) == 1 and len(x.shape) > 1:
        param = layer.param.scale_param if type(layer) is Scale else layer.param.bias_param
        operand = layer.blobs[0].shape
        return operand == () or (operand == x.shape[1:2] and x.axis(param.axis) == 1)
    return False


def scale_and_shift(layers: Iterable[Layer], channels: int) -> tuple[NDArray, NDArray]:
    """s and t (channels) of some affine layers one after the other, in float64."""
    scale, shift = np.ones(channels), np.zeros(channels)
    for layer in layers:
        s, t = _numbers(layer)
        scale, shift = scale * s, shift * s + t
    return scale, shift


def _numbers(layer: Layer) -> tuple[NDArray | float, NDArray | float]:
    values = [_double(blob) for blob in layer.blobs]
    if type(layer) is BatchNorm and layer.scaled:
        scale = values[3] / np.sqrt(values[1])
        return scale, values[4] - values[0] * scale
    if type(layer) is BatchNorm:
        weight = float(values[2][0])
        share = 1 / weight if weight else 0.0
        scale = 1 / np.sqrt(values[1] * share + layer.param.batch_norm_param.eps)
        return scale, -values[0] * share * scale
    if type(layer) is Bias:
        return 1.0, values[0]
    return values[0], values[1] if len(values) > 1 else 0.0


def _double(blob: Blob) -> NDArray:
    return blob.data.astype(np.float64)
