"""Where objects may be: the proposals of Faster R-CNN and its kin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....core.context import TRAIN
from ....kernels import anchors
from ....layers.rcnn._proposal_layer import ProposalLayer
from ..op import Op, Operand
from ..registry import converter
from .suppress import best_first, kept


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
