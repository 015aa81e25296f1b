"""How the coordinates of one blob lie in another: to crop and align feature maps.

A coordinate map is (axis, scale, shift): what is at x in a layer's bottom is at scale x + shift
in its top, along the spatial axes that follow `axis` (None: any).  Scale and shift are arrays,
one number for each spatial axis or one for all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

import numpy as np

CoordMap = tuple[Any, Any, Any]
Node = TypeVar("Node", bound=Hashable)

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
IDENTITY: CoordMap = (None, 1, 0)


class UndefinedMapException(Exception):
    """A layer that has no map: each output depends on all inputs."""


class AxisMismatchException(Exception):
    """Maps along different axes, which cannot be put together."""


def window_map(type_name: str, axis: int, stride: Any, kernel: Any, pad: Any) -> CoordMap:
    """The map of a layer with a window, `kernel` cells from end to end: the middle of the window
    is where its output lies.  UndefinedMapException for a type that has none."""
    if type_name == "Deconvolution":
        return axis, stride, (kernel - 1) / 2 - pad
    if type_name in ("Convolution", "Pooling", "Im2col"):
        return axis, 1 / stride, (pad - (kernel - 1) / 2) / stride
    raise UndefinedMapException(f"{type_name} has no coordinate map")


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


def map_between(
    start: Node,
    end: Node,
    inputs: Callable[[Node], Iterable[Node]],
    step: Callable[[Node], CoordMap],
) -> CoordMap | None:
    """The map from one blob to another, by the nearest blob that both come from; None if no path
    of layers with maps leads to one.

    inputs: the blobs whose coordinates a blob has by `step`, the map of the layer that made it,
    which may raise UndefinedMapException.
    """
    above = dict(_ancestors(start, inputs, step))
    for node, found in _ancestors(end, inputs, step):
        if node in above:
            return compose(found, inverse(above[node]))
    return None


def _ancestors(
    node: Node, inputs: Callable[[Node], Iterable[Node]], step: Callable[[Node], CoordMap]
) -> list[tuple[Node, CoordMap]]:
    """The blob and all that lie above it, nearest first, with their maps."""
    found: dict[Node, CoordMap] = {node: IDENTITY}
    for current in (queue := [node]):
        for bottom in inputs(current):
            try:
                way = compose(found[current], step(current))
            except UndefinedMapException:
                break
            if bottom not in found:
                found[bottom] = way
                queue.append(bottom)
    return list(found.items())


def crop_offset(found: CoordMap) -> Any:
    """Where a crop begins, given the map from what is cropped to its reference.

    ValueError, with what is wrong, if scales differ or the offset is negative or no whole number.
    """
    _, scale, shift = found
    offset = -np.atleast_1d(shift)
    if not np.all(np.equal(scale, 1)):
        raise ValueError(f"one is scaled by {scale} against the other")
    if np.any(offset < 0):
        raise ValueError(f"the offset {-np.asarray(shift)} is negative")
    if np.any(offset != np.round(offset)):
        raise ValueError(f"the offset {-np.asarray(shift)} is fractional")
    return offset.astype(int)
