"""The filters of a layer and the values of a blob, as pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError, ShapeError, did_you_mean
from ...net.net import Net
from ...net.step import Step
from .base import Insight
from .pictures import signed, unit


@dataclass(frozen=True)
class Filters(Insight):
    """The weights of a layer.  values (N, H, W): one picture for each pair of an output and an
    input channel, or (N, H, W, 3), red, green, blue, one for each output of a layer that reads
    three channels.  outputs, inputs (N): whose they are; inputs: None for all three."""

    layer: str
    values: NDArray
    outputs: list[int]
    inputs: list[int | None]

    @property
    def title(self) -> str:
        return f"{self.layer}: {len(self.values)} filters of {_size(self.values)}"

    @property
    def pictures(self) -> NDArray[np.float64]:
        """The same on one scale from 0 to 1 for all, 0.5 for a weight of 0."""
        return signed(self.values)


@dataclass(frozen=True)
class Activations(Insight):
    """The values of a blob for one item.  values: maps (C, H, W), or (K,) of a blob without
    pixels."""

    blob: str
    item: int
    values: NDArray

    @property
    def title(self) -> str:
        if self.values.ndim == 1:
            return f"{self.blob}: {len(self.values)} values of item {self.item}"
        return f"{self.blob}: {len(self.values)} maps of {_size(self.values)}, item {self.item}"

    @property
    def pictures(self) -> NDArray[np.float64]:
        """Maps (C, H, W), each from 0, its smallest value, to 1, its largest."""
        if self.values.ndim == 1:
            raise ShapeError(f"'{self.blob}' has no maps but {len(self.values)} single values")
        return np.array([unit(each) for each in self.values])


def filters(net: Net, layer: str, blob: int = 0) -> Filters:
    """The weights of a layer as pictures.

    Of a convolution (O, I, H, W): a filter for each output in colours, taken as blue, green, red,
    where it reads three channels, else one for each pair of output and input channel.  Of an
    InnerProduct (O, K) that reads images (N, C, H, W): one for each output and channel, of the
    images' size; of any other the whole matrix as one picture.

    blob: which of the layer's parameters.  NetError for a layer that is not there or has no
    weights; ShapeError for weights that are no pictures.
    """
    step = _step(net, layer, blob)
    weights = step.layer.blobs[blob].data
    bottom = step.bottom[0].shape if step.bottom else ()
    if weights.ndim == 2 and len(bottom) == 4 and bottom[1:] and _fits(weights, bottom):
        weights = weights.reshape(len(weights), *bottom[1:])
    elif weights.ndim == 2:
        weights = weights[np.newaxis, np.newaxis]
    elif weights.ndim > 4:  # over three axes or more: the slices one after the other
        weights = weights.reshape(len(weights), -1, *weights.shape[-2:])
    if weights.ndim != 4:
        shape = "x".join(map(str, weights.shape))
        raise ShapeError(
            f"parameter {blob} of shape {shape} is no picture",
            layer=layer,
            layer_type=step.layer.type,
        )
    count, channels, height, width = weights.shape
    if channels == 3:
        colours = np.moveaxis(weights, 1, -1)[..., ::-1].copy()
        return Filters(layer, colours, [*range(count)], [None] * count)
    pairs = [(o, i) for o in range(count) for i in range(channels)]
    values = weights.reshape(-1, height, width).copy()
    return Filters(layer, values, [o for o, _ in pairs], [i for _, i in pairs])


def activations(net: Net, blob: str, item: int = 0) -> Activations:
    """What a blob holds for one item, since the last forward pass.

    (N, C, H, W) gives maps (C, H, W), a blob of more axes (N, ..., H, W) all its maps, one of two
    axes (N, K) its K values.  NetError for a blob that is not there; ShapeError for an item that
    is not, or a blob without items.
    """
    if blob not in net.blobs:
        raise NetError(f"there is no blob '{blob}'", did_you_mean(blob, net.blobs))
    data = net.blobs[blob].data
    if data.ndim < 2 or not -len(data) <= item < len(data):
        shape = "x".join(map(str, data.shape)) or "scalar"
        raise ShapeError(f"blob '{blob}', {shape}, has no values of an item {item}")
    values = data[item]
    if values.ndim < 3:
        maps = values[np.newaxis] if values.ndim == 2 else values
    else:
        maps = values.reshape(-1, *values.shape[-2:])
    if maps.ndim == 3 and maps.shape[1:] == (1, 1):
        maps = maps.reshape(-1)
    return Activations(blob, item % len(data), maps.copy())


def _step(net: Net, layer: str, blob: int) -> Step:
    named = [step for step in net.steps if step.layer.name == layer]
    if not named:
        raise NetError(f"there is no layer '{layer}'", did_you_mean(layer, net.layer_names))
    with_weights = [step for step in named if blob < len(step.layer.blobs)]
    if not with_weights:
        what = f"it has {len(named[0].layer.blobs)} parameters, no number {blob}"
        learnt = ", ".join(step.layer.name for step in net.steps if step.layer.blobs)
        raise NetError(
            what,
            f"layers with parameters are {learnt}" if learnt else "",
            layer=layer,
            layer_type=named[0].layer.type,
        )
    return with_weights[-1]


def _fits(weights: NDArray, bottom: tuple[int, ...]) -> bool:
    return bool(weights.shape[1] == np.prod(bottom[1:]) and min(bottom[2:]) > 1)


def _size(values: NDArray) -> str:
    return f"{values.shape[1]}x{values.shape[2]}"
