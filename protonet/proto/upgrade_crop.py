"""CROP of the V1 age, which found out itself where to cut, by the paths to both its bottoms.

It came from forks (FCN, HED, CRF-RNN).  Today's Crop has to be told the offset.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import PrototxtError
from . import caffe_pb2 as pb
from .coordinates import (
    IDENTITY,
    PASS_THROUGH_LAYERS,
    AxisMismatchException,
    CoordMap,
    UndefinedMapException,
    crop_offset,
    map_between,
    window_map,
)
from .source_map import Place

#: Further types that leave the coordinates of H and W alone.
_POINTWISE = {*PASS_THROUGH_LAYERS, "BN", "Concat", "Normalize", "ReLU6", "Slice", "Softmax"}


class Version(NamedTuple):
    """A blob as one layer has left it: in place there are several of a name.  maker -1: none."""

    blob: str
    maker: int


def align_crops(layers: list[tuple[pb.LayerParameter, Place]], changes: list[str]) -> None:
    """Give each Crop of a V1 net the crop_param with the offset it would find.

    PrototxtError, with the place of the layer, if there is none.
    """
    bottoms: list[list[Version]] = []
    latest: dict[str, int] = {}
    messages = [layer for layer, _ in layers]
    for number, (layer, place) in enumerate(layers):
        bottoms.append([Version(blob, latest.get(blob, -1)) for blob in layer.bottom])
        if layer.type == "Crop" and len(layer.bottom) == 2:
            offset = _offset(messages, bottoms, place)
            layer.crop_param.axis = 2
            layer.crop_param.offset.extend(offset)
            said = ", ".join(map(str, offset))
            changes.append(f"layer '{layer.name}': offset {said} found for CROP")
        latest.update(dict.fromkeys(layer.top, number))


def _offset(
    messages: list[pb.LayerParameter], bottoms: list[list[Version]], place: Place
) -> list[int]:
    """For the layer whose bottoms come last: one number, or two where H and W differ."""

    def inputs(version: Version) -> list[Version]:
        if version.maker < 0:
            return []
        # The second bottom of a Crop only lends its size.
        count = 1 if messages[version.maker].type == "Crop" else None
        return bottoms[version.maker][:count]

    layer = messages[len(bottoms) - 1]
    try:
        start, end = bottoms[-1]
        found = map_between(start, end, inputs, lambda version: _map(messages[version.maker]))
        if found is None:
            raise ValueError("no layers with coordinates lead to a blob that both come from")
        offset = crop_offset(found).tolist()
    except (ValueError, AxisMismatchException) as error:
        raise PrototxtError(
            f"'{layer.bottom[0]}' cannot be aligned with '{layer.bottom[1]}': {error}",
            "write the net in the present form, and give Crop a crop_param { offset: ... }",
            file=place.file,
            line=place.line_of("type"),
            layer=layer.name,
            layer_type=layer.type,
        ) from None
    return offset[:1] if len(set(offset)) == 1 else offset


def _map(layer: pb.LayerParameter) -> CoordMap:
    """The map of a layer over images.  UndefinedMapException if it has none."""
    if layer.type in _POINTWISE:
        return IDENTITY
    if layer.type == "Crop":
        return 1, 1, -np.array(layer.crop_param.offset or [0], float)
    if layer.type == "Pooling":
        pool = layer.pooling_param
        if pool.global_pooling:
            raise UndefinedMapException("global pooling has no coordinate map")
        return window_map(layer.type, 1, *(_sides(pool, *names) for names in _POOLING))
    conv = layer.convolution_param
    stride, kernel, pad = (_sides(conv, *names) for names in _POOLING)
    dilation = np.array(conv.dilation or [1], float)
    return window_map(layer.type, 1, stride, (kernel - 1) * dilation + 1, pad)


#: Field, the beginning of its _h and _w forms, and what it is if none is given.
_POOLING = (("stride", "stride", 1), ("kernel_size", "kernel", 1), ("pad", "pad", 0))


def _sides(
    param: pb.ConvolutionParameter | pb.PoolingParameter, field: str, short: str, default: int
) -> NDArray:
    """Of height and width: a field, once for both or for each, or its _h and _w forms."""
    both = [f"{short}_h", f"{short}_w"]
    if any(getattr(param, side) for side in both):
        return np.array([getattr(param, side) for side in both], float)
    value = getattr(param, field)
    return np.array(value or [default] if hasattr(value, "append") else [value], float)
