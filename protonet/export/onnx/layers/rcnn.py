"""Layers of Faster R-CNN and its kin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....core.context import TRAIN
from ....kernels import anchors
from ....layers.rcnn._proposal_layer import ProposalLayer
from ..op import Op, Operand
from ..registry import converter
from .suppress import best_first, kept

# -- proposals --------------------------------------------------------------------------------


@converter("Proposal")
def proposal(op: Op) -> list[str]:
    """PVANet's: a box that is too small stays, with a score of 0.  Equal scores are in the order
    of their places, which is not that of the fork's quicksort."""
    param, layer = op.param.proposal_param, op.layer
    info = op.node("Reshape", op.bottom[2], [-1])
    across = 3 if op.step.bottom[2].count > 3 else 2
    scales = op.node("Gather", info, [across, 2])  # of widths, of heights
    found, scores = moved_anchors(op, layer.anchors, param.feat_stride, info)
    small = _too_small(op, found, op.node("Mul", scales, float(param.min_size)))
    scores = op.node("Where", small, 0.0, scores)
    scores, index = best_first(op, scores, [param.pre_nms_topn])
    boxes = op.node("Gather", found, index, axis=0)
    stays = kept(op, _one_larger(op, boxes), None, [param.post_nms_topn], param.nms_thresh)
    return _tops(op, boxes, scores, stays)


@converter("Python")
def python(op: Op) -> list[str]:
    """Faster R-CNN's ProposalLayer; what runs code of a user's has no operators."""
    user = op.layer.user
    if not isinstance(user, ProposalLayer):
        param = op.param.python_param
        raise op.refuse(f"it runs Python code, {param.layer} of {param.module}", "take it out")
    info = op.node("Reshape", op.bottom[2], [-1])
    normal: list[NDArray] = []
    if user.phase == TRAIN and user.setting("RPN_NORMALIZE_TARGETS"):
        names = ("STDS", "MEANS")
        normal = [np.array(user.setting(f"RPN_NORMALIZE_{name}"), np.float32) for name in names]
    found, scores = moved_anchors(op, user.anchors, user.stride, info, normal)
    scale = op.node("Slice", info, [2], [3])
    least = op.node("Mul", scale, float(user.setting("RPN_MIN_SIZE")))
    small = op.node("Where", _too_small(op, found, least), 0.0, 1.0)
    large = op.node("Reshape", op.node("NonZero", small), [-1])
    found, scores = (op.node("Gather", each, large, axis=0) for each in (found, scores))
    every = op.node("Shape", scores)
    scores, index = best_first(op, scores, _some(user.setting("RPN_PRE_NMS_TOP_N"), every))
    boxes = op.node("Gather", found, index, axis=0)
    most = _some(user.setting("RPN_POST_NMS_TOP_N"), every)
    stays = kept(op, _one_larger(op, boxes), None, most, user.setting("RPN_NMS_THRESH"))
    return _tops(op, boxes, scores, stays)


def _some(count: int, every: str) -> Operand:
    """0 means all."""
    return [count] if count else every


def moved_anchors(
    op: Op, base: NDArray, stride: float, info: str, normal: list[NDArray] | None = None
) -> tuple[str, str]:
    """Boxes (M, 4) that the deltas mean, cut to the image, and the scores of their objects (M),
    in order of rows, columns, anchors."""
    count = len(base)
    objects = op.node("Slice", op.bottom[0], [count], [2 * count], [1])
    scores = op.node("Reshape", op.node("Transpose", objects, perm=[0, 2, 3, 1]), [-1])
    steps = op.node("Transpose", op.bottom[1], perm=[0, 2, 3, 1])
    steps = op.node("Reshape", steps, [-1, 4])
    if normal:
        steps = op.node("Add", op.node("Mul", steps, normal[0]), normal[1])
    places = _everywhere(op, base, stride)
    low, high = _moved(op, places, steps, 0.0)
    size = op.node("Gather", info, [1, 0])  # width, height
    last = op.node("Sub", size, 1.0)
    sides = [op.node("Max", op.node("Min", side, last), 0.0) for side in (low, high)]
    return op.node("Concat", *sides, axis=1), scores


def _everywhere(op: Op, base: NDArray, stride: float) -> str:
    """The anchors at all places of the map, (M, 4)."""
    size = op.bottom_dims[0][2:]
    if not any(isinstance(dim, str) for dim in size):
        height, width = (int(dim) for dim in size)
        return op.const(anchors.at_every_place(base, height, width, stride), "anchors")
    shape = op.node("Shape", op.bottom[0])
    rows, columns = (
        op.node("Mul", op.cast(_range(op, shape, axis), "FLOAT"), float(stride)) for axis in (2, 3)
    )
    y = op.node("Reshape", rows, [-1, 1, 1, 1])
    x = op.node("Reshape", columns, [1, -1, 1, 1])
    zero_x, zero_y = op.node("Mul", x, 0.0), op.node("Mul", y, 0.0)
    x, y = op.node("Add", x, zero_y), op.node("Add", y, zero_x)
    shift = op.node("Concat", x, y, x, y, axis=3)
    return op.node("Reshape", op.node("Add", shift, base[None, None]), [-1, 4])


def _range(op: Op, shape: str, axis: int) -> str:
    return op.node("Range", 0, op.squeeze(op.node("Slice", shape, [axis], [axis + 1]), [0]), 1)


def _moved(op: Op, boxes: str, deltas: str, last: float) -> tuple[str, str]:
    """The corners (M, 2) of the boxes that deltas (M, 4) mean; see `kernels.anchors.moved`."""
    low, high = op.nodes("Split", 2, boxes, [2, 2], axis=1)
    shift, stretch = op.nodes("Split", 2, deltas, [2, 2], axis=1)
    size = op.node("Add", op.node("Sub", high, low), 1.0)
    half = op.node("Mul", op.node("Sub", size, last) if last else size, 0.5)
    centre = op.node("Add", op.node("Add", low, half), op.node("Mul", shift, size))
    wide = op.node("Mul", op.node("Exp", stretch), size)
    half = op.node("Mul", op.node("Sub", wide, last) if last else wide, 0.5)
    return op.node("Sub", centre, half), op.node("Add", centre, half)


def _too_small(op: Op, boxes: str, least: str) -> str:
    """Which of (M, 4) have a side below the least, (1) or width and height (2)."""
    low, high = op.nodes("Split", 2, boxes, [2, 2], axis=1)
    size = op.node("Add", op.node("Sub", high, low), 1.0)
    short = op.cast(op.node("Less", size, least), "FLOAT")
    return op.cast(op.reduce("ReduceMax", short, [1], keep=False), "BOOL")


def _one_larger(op: Op, boxes: str) -> str:
    """Boxes whose corners belong to them, for an operator that measures x2 - x1."""
    return op.node("Add", boxes, np.array([0, 0, 1, 1], np.float32))


def _tops(op: Op, boxes: str, scores: str, stays: str) -> list[str]:
    """Regions (R, 5) of image 0, and their scores as the second top has them."""
    rows = op.pad(op.node("Gather", boxes, stays, axis=0), [0, 1, 0, 0])
    scores = op.node("Gather", scores, stays, axis=0)
    if len(op.top_dims) > 1 and len(op.top_dims[1]) > 1:
        scores = op.unsqueeze(scores, [1])
    return [rows, scores][: len(op.top_dims)]


@converter("DecodeBBox")
def decode_bbox(op: Op) -> str:
    layer = op.layer
    deltas = op.node("Reshape", op.bottom[0], [-1, 8])
    deltas = op.slice(deltas, 1, 4, 8)
    deltas = op.node("Add", op.node("Mul", deltas, layer.std), layer.mean)
    rois = op.node("Reshape", op.bottom[1], [-1, 5])
    image, boxes = op.nodes("Split", 2, rois, [1, 4], axis=1)
    low, high = _moved(op, boxes, deltas, 1.0)
    found = op.node("Concat", image, low, high, axis=1)
    if layer.training:
        found = op.node("Compress", found, _worth(op, low, high), axis=0)
    return op.node("Reshape", found, [-1, 5, 1, 1])


def _worth(op: Op, low: str, high: str) -> str:
    """Which boxes end behind their beginning and are no copies of the truth."""
    wrong = op.cast(op.node("Greater", low, high), "FLOAT")
    wrong = op.reduce("ReduceMax", wrong, [1], keep=False)
    if len(op.bottom) > 2:
        overlap = op.slice(op.node("Flatten", op.bottom[2], axis=1), 1, -1, np.iinfo(np.int64).max)
        limit = float(op.param.decode_bbox_param.gt_iou_thr)
        near = op.cast(op.node("Less", op.squeeze(overlap, [1]), limit), "FLOAT")
        wrong = op.node("Max", wrong, op.node("Sub", 1.0, near))
    return op.cast(op.node("Sub", 1.0, wrong), "BOOL")


# -- pooling of regions -----------------------------------------------------------------------


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
