"""Tensors of any kind: types that converters from TensorFlow and ONNX write (Synopsys' fork)."""

from . import (  # noqa: F401
    add,
    batch_to_space_nd,
    depth_to_space,
    hard_swish,
    mish,
    mul,
    pad,
    resize_bilinear,
    resize_nearest_neighbor,
    space_to_batch_nd,
)
