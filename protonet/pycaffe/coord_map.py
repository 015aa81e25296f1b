"""How the coordinates of one top of a NetSpec lie in another: to crop and align feature maps.

What a coordinate map is, and the arithmetic, stand in `protonet.proto.coordinates`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..proto.coordinates import (
    IDENTITY,
    PASS_THROUGH_LAYERS,
    AxisMismatchException,
    CoordMap,
    UndefinedMapException,
    compose,
    crop_offset,
    inverse,
    map_between,
    window_map,
)
from .net_spec import Function, Top, layers

__all__ = [
    "PASS_THROUGH_LAYERS",
    "AxisMismatchException",
    "UndefinedMapException",
    "compose",
    "conv_params",
    "coord_map",
    "coord_map_from_to",
    "crop",
    "crop_params",
    "inverse",
]

_SEPARATE = ("pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w")


def conv_params(fn: Function) -> tuple[int, Any, Any, Any]:
    """(axis, stride, kernel size with its dilation, pad) of a convolution or pooling.

    AssertionError if they are given by _h and _w.
    """
    given = fn.params.get("convolution_param", fn.params)
    separate = sorted({*fn.params, *given}.intersection(_SEPARATE))
    if separate:
        raise AssertionError(f"{', '.join(separate)}: give one list for both axes instead")

    def numbers(name: str, default: int | None = None) -> Any:
        return np.array(given[name] if default is None else given.get(name, default), ndmin=1)

    kernel = (numbers("kernel_size") - 1) * numbers("dilation", 1) + 1
    return given.get("axis", 1), numbers("stride", 1), kernel, numbers("pad", 0)


def crop_params(fn: Function) -> tuple[int, Any]:
    """(axis, offset) of a Crop."""
    given = fn.params.get("crop_param", fn.params)
    return given.get("axis", 2), np.array(given.get("offset", 0), ndmin=1)


def coord_map(fn: Function) -> CoordMap:
    """The map of a layer.  UndefinedMapException if it has none."""
    if fn.type_name in ("Convolution", "Pooling", "Im2col", "Deconvolution"):
        return window_map(fn.type_name, *conv_params(fn))
    if fn.type_name in PASS_THROUGH_LAYERS:
        return IDENTITY
    if fn.type_name == "Crop":
        axis, offset = crop_params(fn)
        return axis - 1, 1, -offset  # the axis before the first one that is cropped
    raise UndefinedMapException(f"{fn.type_name} has no coordinate map")


def coord_map_from_to(top_from: Top, top_to: Top) -> CoordMap:
    """The map between two tops that have an ancestor in common.

    RuntimeError if no path of layers with maps leads to one.
    """
    found = map_between(top_from, top_to, _inputs, lambda top: coord_map(top.fn))
    if found is None:
        raise RuntimeError(
            "no coordinate map between the tops: no layers with a map lead to a blob above both"
        )
    return found


def _inputs(top: Top) -> Any:
    # The second bottom of a Crop only lends its size.
    return top.fn.inputs[:1] if top.fn.type_name == "Crop" else top.fn.inputs


def crop(top_from: Top, top_to: Top) -> Any:
    """A Crop layer that aligns `top_from` with `top_to`.

    AssertionError if scales differ, or the offset is negative or no whole number.
    """
    found = coord_map_from_to(top_from, top_to)
    axis = 1 if found[0] is None else found[0]  # any will do: that of images
    try:
        offset = crop_offset(found)
    except ValueError as error:
        raise AssertionError(f"cannot crop: {error}") from None
    return layers.Crop(top_from, top_to, crop_param={"axis": axis + 1, "offset": offset.tolist()})
