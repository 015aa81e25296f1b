"""How the coordinates of one top of a NetSpec lie in another: to crop and align feature maps.

A coordinate map is (axis, scale, shift): what is at x in a layer's bottom is at scale x + shift
in its top, along the spatial axes that follow `axis` (None: any).  Scale and shift are arrays,
one number for each spatial axis or one for all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .net_spec import Function, Top, layers

CoordMap = tuple[Any, Any, Any]

#: Types that leave coordinates alone.
PASS_THROUGH_LAYERS = [
    "AbsVal",
    "BatchNorm",
    "Bias",
    "BNLL",
    "Dropout",
    "Eltwise",
    "ELU",
    "Log",
    "LRN",
    "Exp",
    "MVN",
    "Power",
    "ReLU",
    "PReLU",
    "Scale",
    "Sigmoid",
    "Split",
    "TanH",
    "Threshold",
]
_SEPARATE = ("pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w")
_IDENTITY: CoordMap = (None, 1, 0)


class UndefinedMapException(Exception):
    """A layer that has no map: each output depends on all inputs."""


class AxisMismatchException(Exception):
    """Maps along different axes, which cannot be put together."""


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
    if fn.type_name in ("Convolution", "Pooling", "Im2col"):
        axis, stride, kernel, pad = conv_params(fn)
        return axis, 1 / stride, (pad - (kernel - 1) / 2) / stride
    if fn.type_name == "Deconvolution":
        axis, stride, kernel, pad = conv_params(fn)
        return axis, stride, (kernel - 1) / 2 - pad
    if fn.type_name in PASS_THROUGH_LAYERS:
        return _IDENTITY
    if fn.type_name == "Crop":
        axis, offset = crop_params(fn)
        return axis - 1, 1, -offset  # the axis before the first one that is cropped
    raise UndefinedMapException(f"{fn.type_name} has no coordinate map")


def compose(base_map: CoordMap, next_map: CoordMap) -> CoordMap:
    """The map of one layer after another.  AxisMismatchException if their axes differ."""
    (axis, scale, shift), (next_axis, next_scale, next_shift) = base_map, next_map
    if axis is None:
        axis = next_axis
    elif next_axis is not None and next_axis != axis:
        raise AxisMismatchException(f"axes {axis} and {next_axis} cannot be put together")
    return axis, scale * next_scale, scale * next_shift + shift


def inverse(coord_map: CoordMap) -> CoordMap:
    """The map in the other direction."""
    axis, scale, shift = coord_map
    return axis, 1 / scale, -shift / scale


def coord_map_from_to(top_from: Top, top_to: Top) -> CoordMap:
    """The map between two tops that have an ancestor in common.

    RuntimeError if no path of layers with maps leads to one.
    """
    above = dict(_ancestors(top_from))
    for top, found in _ancestors(top_to):
        if top in above:
            return compose(found, inverse(above[top]))
    raise RuntimeError(
        "no coordinate map between the tops: no layers with a map lead to a blob above both"
    )


def crop(top_from: Top, top_to: Top) -> Any:
    """A Crop layer that aligns `top_from` with `top_to`.

    AssertionError if scales differ, or the offset is negative or no whole number.
    """
    axis, scale, shift = coord_map_from_to(top_from, top_to)
    axis = 1 if axis is None else axis  # any will do: that of images
    offset = -np.round(np.atleast_1d(shift))
    if not np.all(np.equal(scale, 1)):
        raise AssertionError(f"cannot crop: one is scaled by {scale} against the other")
    if not np.all(np.less_equal(shift, 0)):
        raise AssertionError(f"cannot crop with the negative offset {-np.asarray(shift)}")
    if not np.all(-offset == shift):
        raise AssertionError(f"cannot crop with the fractional offset {-np.asarray(shift)}")
    return layers.Crop(
        top_from, top_to, crop_param={"axis": axis + 1, "offset": offset.astype(int).tolist()}
    )


def _ancestors(top: Top) -> list[tuple[Top, CoordMap]]:
    """The top and all that lie above it, nearest first, with their maps."""
    found: dict[Top, CoordMap] = {top: _IDENTITY}
    for current in (queue := [top]):
        # The second bottom of a Crop only lends its size.
        bottoms = current.fn.inputs[:1] if current.fn.type_name == "Crop" else current.fn.inputs
        for bottom in bottoms:
            try:
                step = compose(found[current], coord_map(current.fn))
            except UndefinedMapException:
                break
            if bottom not in found:
                found[bottom] = step
                queue.append(bottom)
    return list(found.items())
