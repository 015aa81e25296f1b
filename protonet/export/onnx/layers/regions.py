"""Maps cut into regions: ROIPooling, ROIAlign, PSROIPooling."""

from __future__ import annotations

import numpy as np

from ..op import Op
from ..registry import converter


def regions(op: Op, ratio: float = 0.0) -> str:
    """The regions (R, 5), grown by ratio * (x2 - x1 + 1) to each side."""
    rois = op.bottom[1]
    if len(op.shape(1)) != 2:
        rois = op.node("Reshape", rois, [-1, 5])
    if not ratio:
        return rois
    image, low, high = op.nodes("Split", 3, rois, [1, 2, 2], axis=1)
    grown = op.node("Mul", op.node("Add", op.node("Sub", high, low), 1.0), float(ratio))
    return op.node("Concat", image, op.node("Sub", low, grown), op.node("Add", high, grown), axis=1)


@converter("ROIPooling")
def roi_pooling(op: Op) -> str:
    param = op.layer.settings
    return op.node(
        "MaxRoiPool",
        op.bottom[0],
        regions(op, param.pad_ratio),
        pooled_shape=[param.pooled_h, param.pooled_w],
        spatial_scale=param.spatial_scale,
    )


@converter("ROIAlign")
def roi_align(op: Op) -> str:
    """RoiAlign with one sample a bin, in regions half a bin wider on each side: its samples,
    in the middle of the bins, are the points from corner to corner."""
    if op.opset < 16:
        raise op.refuse(
            "RoiAlign lays points in the middle of cells from opset 16 on", "--opset 16"
        )
    param = op.layer.settings
    grid = (param.pooled_h + 1, param.pooled_w + 1)
    rois = regions(op, param.pad_ratio)
    image, low, high = op.nodes("Split", 3, rois, [1, 2, 2], axis=1)
    bins = np.array([max(1, grid[1] - 1), max(1, grid[0] - 1)], np.float32)
    half = op.node("Div", op.node("Sub", high, low), 2 * bins)
    corners = [op.node("Sub", low, half), op.node("Add", high, half)]
    y = op.node(
        "RoiAlign",
        op.bottom[0],
        op.node("Concat", *corners, axis=1),
        op.cast(op.squeeze(image, [1]), "INT64"),
        coordinate_transformation_mode="half_pixel",
        output_height=grid[0],
        output_width=grid[1],
        sampling_ratio=1,
        spatial_scale=param.spatial_scale,
    )
    return op.node("Mul", y, _inside(op, low, high, grid))


def _inside(op: Op, low: str, high: str, grid: tuple[int, int]) -> str:
    """(R, 1, GH, GW): 1 for points within half a cell of the map, in regions with a size."""
    scale = float(op.layer.settings.spatial_scale)
    low, high = (op.node("Sub", op.node("Mul", each, scale), 0.5) for each in (low, high))
    sized = op.cast(op.node("Greater", high, low), "FLOAT")
    sized = op.node("Reshape", op.reduce("ReduceMin", sized, [1]), [-1, 1, 1, 1])
    shape = op.cast(op.node("Slice", op.node("Shape", op.bottom[0]), [2], [4]), "FLOAT")
    views = ([-1, 1, 1, grid[1]], [-1, 1, grid[0], 1])
    masks = []
    for axis, points in enumerate(grid[::-1]):  # x, y
        start, stop = (op.slice(each, 1, axis, axis + 1) for each in (low, high))
        step = op.node("Div", op.node("Sub", stop, start), float(max(1, points - 1)))
        steps = np.arange(points, dtype=np.float32)[None]
        place = op.node("Add", start, op.node("Mul", step, steps))
        size = op.node("Slice", shape, [1 - axis], [2 - axis])
        after = op.node("Not", op.node("Less", place, -0.5))
        before = op.node("Not", op.node("Greater", place, op.node("Sub", size, 0.5)))
        mask = op.cast(op.node("And", after, before), "FLOAT")
        masks.append(op.node("Reshape", mask, views[axis]))
    return op.node("Mul", sized, op.node("Mul", *masks))


@converter("PSROIPooling")
def psroi_pooling(op: Op) -> str:
    """The mean of each bin as two products: of marks of its rows with the maps, then of marks
    of its columns."""
    param = op.layer.settings
    group, wanted = param.group_size, param.output_dim
    height, width = op.fixed(op.bottom_dims[0][2:], "the marks of its bins")
    (images,) = op.fixed(op.bottom_dims[0][:1], "the number of its maps")
    rois = regions(op)
    image, low, high = op.nodes("Split", 3, rois, [1, 2, 2], axis=1)
    scale = float(param.spatial_scale)
    low = op.node("Mul", _rounded(op, low), scale)
    high = op.node("Mul", op.node("Add", _rounded(op, high), 1.0), scale)
    length = op.node("Max", op.node("Sub", high, low), 0.1)
    columns, wide = _marks(op, low, length, 0, group, width)
    rows, tall = _marks(op, low, length, 1, group, height)
    if images > 1:
        mine = op.node("Equal", op.cast(image, "INT64"), np.arange(images)[None])
        own = op.node("Reshape", op.cast(mine, "FLOAT"), [-1, 1, images, 1])
        rows = op.node("Mul", op.unsqueeze(rows, [2]), own)
        rows = op.node("Reshape", rows, [0, group, images * height])
    # maps[p] (N H, c q W)
    maps = op.node("Reshape", op.bottom[0], [images, wanted, group, group, height, width])
    maps = op.node("Transpose", maps, perm=[2, 0, 4, 1, 3, 5])
    maps = op.node("Reshape", maps, [group, -1, wanted * group * width])
    sums = op.node("MatMul", op.node("Transpose", rows, perm=[1, 0, 2]), maps)  # (p, R, c q W)
    sums = op.node("Reshape", sums, [group, -1, wanted, group, width])
    sums = op.node("Mul", sums, op.unsqueeze(columns, [0, 2]))
    sums = op.reduce("ReduceSum", sums, [4], keep=False)  # (p, R, c, q)
    sums = op.node("Transpose", sums, perm=[1, 2, 0, 3])
    areas = op.node("Mul", op.unsqueeze(tall, [2]), op.unsqueeze(wide, [1]))
    return op.node("Div", sums, op.unsqueeze(op.node("Max", areas, 1.0), [1]))


def _marks(op: Op, low: str, length: str, axis: int, bins: int, limit: int) -> tuple[str, str]:
    """For each region and bin 1 at its cells, (R, bins, limit), and how many they are."""
    low, length = (op.slice(each, 1, axis, axis + 1) for each in (low, length))
    step = op.node("Div", length, float(bins))
    edges = np.arange(bins + 1, dtype=np.float32)[None]
    starts = op.node("Add", op.node("Mul", step, edges[:, :-1]), low)
    stops = op.node("Add", op.node("Mul", step, edges[:, 1:]), low)
    starts, stops = (
        op.unsqueeze(op.node("Clip", op.node(kind, each), 0.0, float(limit)), [2])
        for kind, each in (("Floor", starts), ("Ceil", stops))
    )
    cells = np.arange(limit, dtype=np.float32)[None, None]
    after = op.node("Not", op.node("Less", cells, starts))
    marks = op.cast(op.node("And", after, op.node("Less", cells, stops)), "FLOAT")
    return marks, op.reduce("ReduceSum", marks, [2], keep=False)


def _rounded(op: Op, x: str) -> str:
    """To the nearest whole number, halves away from zero."""
    up = op.node("Floor", op.node("Add", op.node("Abs", x), 0.5))
    return op.node("Mul", op.node("Sign", x), up)
