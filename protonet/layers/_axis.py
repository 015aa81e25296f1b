"""The axis of Concat and Slice: one setting under two names."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ..core.blob import Blob
from ..errors import NetError


def chosen_axis(param: Any, message: str, old: str, blob: Blob) -> int:
    """`axis` of the message, or its old spelling without negative numbers, as a plain index."""
    if not param.HasField(old):
        return blob.axis(param.axis)
    if param.HasField("axis"):
        raise NetError(f"both axis and {old} are given", "keep axis", field=f"{message}.{old}")
    return blob.axis(getattr(param, old))


def rows_of(array: NDArray, blob: Blob, axis: int) -> NDArray:
    """A blob's data or diff as a matrix: one row for each index of the axes before `axis`."""
    return array.reshape(blob.count_from(0, axis), blob.count_from(axis))
