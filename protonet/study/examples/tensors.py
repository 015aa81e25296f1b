"""Layers for what other frameworks' exporters write, of Synopsys's fork."""

from __future__ import annotations

from .values import counted, of, one, planes

_X = [[-4.0, -1.0, 0.5, 4.0]]
_FOUR = planes([[1, 2], [3, 4]])
_BLOCK = "block_shape: [1, 2]"

EXAMPLES = {
    "Add": one(of("Add"), [[1, 2, 3]], [[10], [20]], title="a row and a column"),
    "Mul": one(of("Mul"), [[1, 2, 3]], [[10], [20]], title="a row and a column"),
    "HardSwish": one(of("HardSwish"), _X, diffs=[[[1, 2, 3, 4]]], title="four values"),
    "Mish": one(of("Mish"), _X, diffs=[[[1, 2, 3, 4]]], title="four values"),
    "Pad": one(
        of("Pad", "pad_param { paddings: [0, 0, 1, 2] constant_values: 9 }"),
        [[1, 2], [3, 4]],
        title="one cell before and two behind the second axis",
    ),
    "ResizeBilinear": one(
        of(
            "ResizeBilinear",
            'resize_bilinear_param { output_height: 4 output_width: 4 data_format: "NCHW" }',
        ),
        _FOUR,
    ),
    "ResizeNearestNeighbor": one(
        of(
            "ResizeNearestNeighbor",
            "resize_nearest_neighbor_param { output_height: 4 output_width: 4 "
            'data_format: "NCHW" }',
        ),
        _FOUR,
    ),
    "DepthToSpace": one(
        of("DepthToSpace", 'depth_to_space_param { block_size: 2 data_format: "CRD" }'),
        counted(1, 4, 1, 2),
        title="four channels become the cells of blocks of 2x2",
    ),
    "SpaceToBatchND": one(
        of("SpaceToBatchND", f"space_to_batch_nd_param {{ {_BLOCK} }}"),
        counted(1, 1, 4),
        title="every second cell goes to another item",
    ),
    "BatchToSpaceND": one(
        of("BatchToSpaceND", f"batch_to_space_nd_param {{ {_BLOCK} }}"),
        counted(2, 1, 2),
        title="the cells of two items in turn",
    ),
    "Mean": one(
        of("Mean", "mean_param { operation: SUBTRACT value: 1 value: 5 }"),
        planes([[1, 2]], [[6, 7]]),
        title="1 is taken off the first channel, 5 off the second",
    ),
    "UpsampleDarknet": one(
        of("UpsampleDarknet", "upsample_darknet_param { stride: 2 }"), [[[1, 2], [3, 4]]]
    ),
}
