"""The axis of Concat and Slice: one setting under two names."""

from __future__ import annotations

from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Layer


def chosen_axis(layer: Layer, old: str, blob: Blob) -> int:
    """`axis` of the layer's own message, or its old spelling, which knows no negative numbers,
    as a plain index."""
    param = getattr(layer.param, layer.messages[0])
    if not param.HasField(old):
        return blob.axis(param.axis)
    if param.HasField("axis"):
        raise layer.fault(f"both axis and {old} are given", "keep axis", old)
    return blob.axis(getattr(param, old))


def rows_of(array: NDArray, blob: Blob, axis: int) -> NDArray:
    """A blob's data or diff as a matrix: one row for each index of the axes before `axis`."""
    return array.reshape(blob.count_from(0, axis), blob.count_from(axis))
