"""Receptive fields: how much of a net's input one value of a blob depends on, and from how far to
the next one.

A window of k cells over a blob whose values lie j input pixels apart and depend on r pixels makes
values that depend on r + (k - 1) j pixels, stride j apart (Dumoulin and Visin, "A guide to
convolution arithmetic for deep learning", 2016).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf, isinf

from ..layers._unopened import Unshaped
from ..net.net import Net
from ..net.step import Step
from ..proto.coordinates import PASS_THROUGH_LAYERS

#: Types whose values depend on those at the same place, of all bottoms, and on no others.
_POINTWISE = {*PASS_THROUGH_LAYERS, "Concat", "Slice", "Softmax", "ReLU6", "Clip", "Swish"}
_POINTWISE |= {"Axpy", "BN", "ShuffleChannel", "Crop"}
#: Types with a window, and an attribute `window` that tells it.
_WINDOWED = {"Convolution", "Im2col", "Deconvolution", "DepthwiseConvolution"}
_WINDOWED |= {"ConvolutionDepthwise"}


@dataclass(frozen=True)
class Field:
    """size: input pixels that a value depends on, along each spatial axis; inf for all of them.
    stride: input pixels from a value to the next."""

    size: tuple[float | Fraction, ...]
    stride: tuple[Fraction, ...]


def receptive_fields(net: Net) -> list[Field | None]:
    """Of the first top of each step; None where there is none, or it cannot be told."""
    made: dict[str, Field | None] = {}
    found = []
    for step in net.steps:
        bottoms = [
            made.get(name)
            for name, blob in zip(step.bottom_names, step.bottom)
            if name in net.unknown or _axes(blob.shape)
        ]
        field = None if isinstance(step.layer, Unshaped) else _field(step, bottoms)
        found.append(field)
        for name, blob in zip(step.top_names, step.top):
            made[name] = field if field and _axes(blob.shape) == len(field.size) else None
    return found


def plain(value: float | Fraction) -> int | float | str:
    """A number of pixels as plain data; "all" for the whole input."""
    if isinf(value):
        return "all"
    return int(value) if value == int(value) else float(value)


def _axes(shape: tuple[int, ...]) -> int:
    """How many axes come after those of images and channels."""
    return max(0, len(shape) - 2)


def _field(step: Step, bottoms: list[Field | None]) -> Field | None:
    if not step.bottom:
        axes = _axes(step.top[0].shape) if step.top else 0
        return Field((Fraction(1),) * axes, (Fraction(1),) * axes) if axes else None
    known = [field for field in bottoms if field is not None]
    if not known or len(known) < len(bottoms) or len({len(f.size) for f in known}) > 1:
        return None
    whole = _joined(known)
    kind, layer = step.layer.type, step.layer
    if kind in _POINTWISE or kind == "Split":
        return whole
    if kind == "InnerProduct" or (kind == "Pooling" and layer.param.pooling_param.global_pooling):
        return Field((inf,) * len(whole.size), tuple(Fraction(1) for _ in whole.size))
    if kind == "Pooling":
        return _seen(whole, layer.kernel, layer.stride)  # type: ignore[attr-defined]
    if kind in _WINDOWED:
        window = layer.window  # type: ignore[attr-defined]
        if len(window.kernel) != len(whole.size):
            return None
        if kind == "Deconvolution":
            return _spread(whole, window.extent, window.stride)
        return _seen(whole, window.extent, window.stride)
    return None


def _joined(fields: Iterable[Field]) -> Field:
    """Of a value that depends on all of them."""
    sizes, strides = zip(*((f.size, f.stride) for f in fields))
    return Field(tuple(map(max, zip(*sizes))), tuple(map(max, zip(*strides))))


def _seen(field: Field, extent: Iterable[int], stride: Iterable[int]) -> Field:
    size = tuple(r + (k - 1) * j for r, k, j in zip(field.size, extent, field.stride))
    return Field(size, tuple(j * s for j, s in zip(field.stride, stride)))


def _spread(field: Field, extent: Iterable[int], stride: Iterable[int]) -> Field:
    """Of a transposed convolution: a value has at most ceil(k / s) cells of the bottom."""
    size = tuple(
        r + (ceil(Fraction(k, s)) - 1) * j
        for r, k, s, j in zip(field.size, extent, stride, field.stride)
    )
    return Field(size, tuple(j / s for j, s in zip(field.stride, stride)))
