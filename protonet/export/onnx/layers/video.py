"""Layers of forks for frames in time."""

from __future__ import annotations

import numpy as np

from ....proto import caffe_pb2 as pb
from ..op import Op
from ..registry import converter
from .pooling import pooled


@converter("Convolution3D")
def convolution3d(op: Op) -> str:
    window = op.layer.window
    bias = [op.const(op.values(1).reshape(-1), "bias")] if len(op.layer.blobs) > 1 else []
    return op.node(
        "Conv",
        op.bottom[0],
        op.weights(0),
        *bias,
        kernel_shape=list(window.kernel),
        strides=list(window.stride),
        pads=list(window.pad) * 2,
    )


@converter("Pooling3D")
def pooling3d(op: Op) -> str:
    op.fixed(op.bottom_dims[0][2:], "where its last windows lie")
    method = pb.PoolingParameter.MAX if op.layer.max else pb.PoolingParameter.AVE
    return pooled(op, op.bottom[0], op.layer.pool, method)[0]


@converter("CTCGreedyDecoder")
def ctc_greedy_decoder(op: Op) -> list[str]:
    """Labels to their places by a running count; what is dropped goes to one place too many."""
    layer = op.layer
    scores = op.node("Transpose", op.bottom[0], perm=[1, 0, 2])  # (N, T, C)
    steps = int(op.fixed(op.bottom_dims[0][:1], "the length of a sequence")[0])
    best = op.node("ArgMax", scores, axis=2, keepdims=0)
    stopped = op.node("Equal", op.node("Transpose", op.bottom[1], perm=[1, 0]), 0.0)
    behind = (np.arange(steps) > 0).astype(np.float32)[None]
    stopped = op.node("Mul", op.cast(stopped, "FLOAT"), behind)
    runs = op.node("Less", op.node("CumSum", stopped, 1), 0.5)
    taken = op.node("And", runs, op.node("Not", op.node("Equal", best, layer.blank)))
    if op.param.ctc_decoder_param.ctc_merge_repeated and steps > 1:
        before = op.node("Pad", op.slice(best, 1, 0, steps - 1), [0, 1, 0, 0], -1)
        taken = op.node("And", taken, op.node("Not", op.node("Equal", best, before)))
    place = op.node("CumSum", op.cast(taken, "INT64"), 1)
    place = op.node("Where", taken, op.node("Sub", place, 1), steps)
    room = op.node(
        "Expand",
        -1.0,
        op.node("Concat", op.node("Slice", op.node("Shape", best), [0], [1]), [steps + 1], axis=0),
    )
    labels = op.node("ScatterElements", room, place, op.cast(best, "FLOAT"), axis=1)
    labels = op.slice(labels, 1, 0, steps)
    tops = [op.unsqueeze(labels, [2, 3])]
    if layer.scores:
        largest = op.reduce("ReduceMax", scores, [2], keep=False)
        counted = op.node("Mul", largest, op.cast(runs, "FLOAT"))
        total = op.node("Neg", op.reduce("ReduceSum", counted, [1]))
        tops.append(op.unsqueeze(total, [2, 3]))
    if layer.measures:
        tops.append(_found(op, labels))
    return tops


def _found(op: Op, labels: str) -> str:
    """The fraction of sequences that begin with the right labels."""
    wanted = op.node("Transpose", op.bottom[2], perm=[1, 0])
    over = op.node("CumSum", op.cast(op.node("Less", wanted, 0.0), "FLOAT"), 1)
    good = op.node("Or", op.node("Equal", labels, wanted), op.node("Greater", over, 0.5))
    whole = op.reduce("ReduceMin", op.cast(good, "FLOAT"), [1], keep=False)
    return op.node("Reshape", op.reduce("ReduceMean", whole, [0]), [1, 1, 1, 1])
