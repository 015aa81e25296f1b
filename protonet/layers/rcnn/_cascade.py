"""What Cascade R-CNN's layers share: how deltas are scaled, and the fields of its maps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...errors import DataError, ShapeError
from ...kernels.fields import Fields


def mean_and_std(layer: Layer) -> tuple[NDArray, NDArray]:
    """bbox_reg_param's bbox_mean and bbox_std (4), 0 and 1 if there are none; else a fault."""
    given = layer.param.bbox_reg_param
    mean, std = list(given.bbox_mean), list(given.bbox_std)
    if len(mean) != len(std) or len(mean) not in (0, 4):
        raise layer.fault(
            f"there are {len(mean)} bbox_mean and {len(std)} bbox_std",
            "give four of each, or none",
            "bbox_reg_param.bbox_std",
        )
    if not all(value > 0 for value in std):
        raise layer.fault("bbox_std must be above 0", "", "bbox_reg_param.bbox_std")
    return np.array(mean or [0] * 4, layer.dtype), np.array(std or [1] * 4, layer.dtype)


def read_fields(layer: Layer, message: Any, path: str = "") -> Fields:
    """The fields of a message with field_w, field_h and stride, at this path of the layer's own
    message; a fault if they do not fit."""
    widths, heights, prefix = list(message.field_w), list(message.field_h), path and f"{path}."
    if not widths or len(widths) != len(heights):
        raise layer.fault(
            f"there are {len(widths)} field_w and {len(heights)} field_h",
            "give as many of each, one or more",
            f"{prefix}field_h",
        )
    for name, values in (("field_w", widths), ("field_h", heights), ("stride", [message.stride])):
        if 0 in values:
            raise layer.fault(f"{name} is 0 or missing", "it must be 1 or more", prefix + name)
    mean, std = mean_and_std(layer)
    sizes = np.stack([widths, heights], axis=1).astype(layer.dtype)
    return Fields(sizes, message.stride, mean, std)


def check_maps(bottom: Blobs, fields: Fields, channels: tuple[int, ...], first: int = 0) -> None:
    """ShapeError unless the blobs are maps (N G, channels, H, W) of one size; 0 channels: any."""
    groups, shape = len(fields.sizes), bottom[0].shape
    for i, (blob, wanted) in enumerate(zip(bottom, channels), first):
        if (
            len(blob.shape) != 4
            or blob.shape[0] % groups
            or blob.shape[1] != (wanted or blob.shape[1])
        ):
            raise ShapeError(
                f"bottom {i} has shape {blob.shape}, with {groups} fields it must be "
                f"(images * {groups}, {wanted or 'classes'}, H, W)",
                "a Reshape before this layer moves the fields from the channels to the first axis",
            )
        if (blob.shape[0], *blob.shape[2:]) != (shape[0], *shape[2:]):
            raise ShapeError(f"bottom {first} has shape {shape}, bottom {i} {blob.shape}")


def whole_labels(labels: NDArray, classes: int, what: str) -> NDArray:
    """Labels as whole numbers; DataError for one that is none, or not below `classes`."""
    bad = ~(labels < classes) | (labels != np.trunc(labels))
    if bad.any():
        at = tuple(int(i[0]) for i in np.nonzero(bad))
        raise DataError(
            f"{what} {at if len(at) > 1 else at[0]} has label {labels[at]:g}",
            f"labels are whole numbers below {classes}",
        )
    return labels.astype(np.intp)
