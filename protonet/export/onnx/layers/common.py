"""Layers that multiply, join, cut, choose and rearrange."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ....layers._axis import chosen_axis
from ....proto import caffe_pb2 as pb
from ..dims import Dims
from ..op import Op
from ..registry import converter


@converter("InnerProduct", fields=("InnerProductParameter.normalize",))
def inner_product(op: Op) -> str:
    """Flatten, then Gemm; what stands before the axis comes back behind it."""
    layer, param = op.layer, op.param.inner_product_param
    x, axis, old, new = op.bottom[0], op.layer.axis, op.bottom_dims[0], op.top_dims[0]
    if len(old) != 2 or axis != 1:
        x = op.node("Flatten", x, axis=axis)
    y = op.node("Gemm", x, _weights(op), *_bias(op), transB=int(not param.transpose))
    if len(new) == 2:
        return y
    if axis == 0:
        return op.node("Reshape", y, [layer.outputs])
    return op.reshape(y, ("items", layer.outputs), new)


def _weights(op: Op) -> str:
    layer, normalize = op.layer, op.param.inner_product_param.normalize
    axis = 0 if layer.transpose else 1
    if len(op.bottom) < 2:
        if not normalize:
            return op.weights(0)
        values = op.values(0).astype(np.float64)
        length = np.sqrt((values * values).sum(axis, keepdims=True) + 1e-6)
        return op.const(values / length, "weights")
    w = op.bottom[1]
    if op.shape(1) != layer.shape:
        w = op.node("Reshape", w, list(layer.shape))
    if normalize:
        square = op.reduce("ReduceSum", op.node("Mul", w, w), [axis])
        w = op.node("Div", w, op.node("Sqrt", op.node("Add", square, 1e-6)))
    return w


def _bias(op: Op) -> list[str]:
    if len(op.bottom) > 2:
        flat = len(op.shape(2)) == 1
        return [op.bottom[2] if flat else op.node("Reshape", op.bottom[2], [-1])]
    return [op.weights(-1)] if op.param.inner_product_param.bias_term else []


@converter("Embed")
def embed(op: Op) -> str:
    y = op.node("Gather", op.weights(0), op.cast(op.bottom[0], "INT64"), axis=0)
    return op.node("Add", y, op.weights(1)) if len(op.layer.blobs) > 1 else y


# -- factors, offsets, sums -------------------------------------------------------------------


@converter("Scale")
def scale(op: Op) -> str:
    y = op.node("Mul", op.bottom[0], spread_operand(op, op.param.scale_param.axis))
    if not op.param.scale_param.bias_term:
        return y
    return op.node("Add", y, _spread_parameter(op, -1, op.param.scale_param.axis, "shift"))


@converter("Bias")
def bias(op: Op) -> str:
    return op.node("Add", op.bottom[0], spread_operand(op, op.param.bias_param.axis))


def spread_operand(op: Op, axis: int) -> str:
    """The operand of Scale and Bias, with ones for the axes behind it."""
    if len(op.bottom) == 1:
        return _spread_parameter(op, 0, axis, "factor" if op.param.type == "Scale" else "shift")
    operand, count = op.bottom[1], len(op.shape(1))
    behind = _behind(op, axis, count)
    return op.unsqueeze(operand, list(range(count, count + behind)))


def _spread_parameter(op: Op, index: int, axis: int, what: str) -> str:
    values = op.values(index)
    return op.const(values.reshape((*values.shape, *[1] * _behind(op, axis, values.ndim))), what)


def _behind(op: Op, axis: int, count: int) -> int:
    """How many axes of the bottom follow those of an operand of `count` axes."""
    if count == 0:
        return 0
    return len(op.shape()) - (axis % len(op.shape())) - count


@converter("Eltwise")
def eltwise(op: Op) -> str:
    operation = op.layer._operation  # of a single bottom it is always SUM
    if operation == pb.EltwiseParameter.MAX:
        return op.node("Max", *op.bottom)
    if operation == pb.EltwiseParameter.PROD:
        y = op.bottom[0]
        for x in op.bottom[1:]:
            y = op.node("Mul", y, x)
        return y
    coeff = op.layer._coeff
    terms = [x if c == 1 else op.node("Mul", x, float(c)) for x, c in zip(op.bottom, coeff)]
    if len(terms) == 1:
        return terms[0]
    return op.node("Add", *terms) if len(terms) == 2 else op.node("Sum", *terms)


@converter("Reduction")
def reduction(op: Op) -> str:
    param, x, rank = op.param.reduction_param, op.bottom[0], len(op.shape())
    axes = list(range(param.axis % rank, rank)) if rank else []
    kinds = {
        pb.ReductionParameter.SUM: "ReduceSum",
        pb.ReductionParameter.ASUM: "ReduceL1",
        pb.ReductionParameter.SUMSQ: "ReduceSumSquare",
        pb.ReductionParameter.MEAN: "ReduceMean",
    }
    kind = kinds[param.operation]
    if not axes:  # a scalar
        single = {"ReduceL1": ("Abs", x), "ReduceSumSquare": ("Mul", x, x)}
        y = op.node(*single[kind]) if kind in single else op.node("Identity", x)
    else:
        y = op.reduce(kind, x, axes, keep=False)
    return y if param.coeff == 1 else op.node("Mul", y, float(param.coeff))


@converter("Softmax")
def softmax(op: Op) -> str:
    return op.node("Softmax", op.bottom[0], axis=op.param.softmax_param.axis)


# -- joining and cutting ----------------------------------------------------------------------


@converter("Concat")
def concat(op: Op) -> str:
    return op.node("Concat", *op.bottom, axis=op.layer.axis)


@converter("Slice")
def slice_(op: Op) -> list[str]:
    axis = chosen_axis(op.layer, "slice_dim", op.step.bottom[0])
    sizes = [blob.shape[axis] for blob in op.step.top]
    if len(sizes) == 1:
        return [op.bottom[0]]
    if not isinstance(op.bottom_dims[0][axis], str):
        return op.nodes("Split", len(sizes), op.bottom[0], sizes, axis=axis)
    points = list(op.param.slice_param.slice_point)
    if not points:
        return op.nodes("Split", len(sizes), op.bottom[0], axis=axis, **_count(op, len(sizes)))
    bounds = [0, *points, np.iinfo(np.int64).max]
    return [op.slice(op.bottom[0], axis, a, b) for a, b in pairwise(bounds)]


def _count(op: Op, tops: int) -> dict[str, int]:
    return {"num_outputs": tops} if op.opset >= 18 else {}


@converter("Tile")
def tile(op: Op) -> str:
    repeats = [1] * len(op.shape())
    repeats[op.param.tile_param.axis] = op.param.tile_param.tiles
    return op.node("Tile", op.bottom[0], repeats)


@converter("Crop")
def crop(op: Op) -> str:
    param, rank = op.param.crop_param, len(op.shape())
    axes = list(range(param.axis % rank, rank))
    offsets = list(param.offset) or [0]
    starts = offsets if len(offsets) == len(axes) else offsets * len(axes)
    wanted = op.bottom_dims[1]
    if not any(isinstance(wanted[axis], str) for axis in axes):
        ends = [start + int(wanted[axis]) for start, axis in zip(starts, axes)]
        return op.node("Slice", op.bottom[0], starts, ends, axes)
    sizes = op.node("Slice", op.node("Shape", op.bottom[1]), [axes[0]], [rank])
    return op.node("Slice", op.bottom[0], starts, op.node("Add", sizes, starts), axes)


@converter("Filter")
def filter_(op: Op) -> list[str]:
    marks = op.bottom[-1]
    if len(op.shape(len(op.bottom) - 1)) > 1:
        marks = op.node("Reshape", marks, [-1])
    kept = op.cast(marks, "BOOL")
    return [op.node("Compress", x, kept, axis=0) for x in op.bottom[:-1]]


@converter("BatchReindex")
def batch_reindex(op: Op) -> str:
    return op.node("Gather", op.bottom[0], op.cast(op.bottom[1], "INT64"), axis=0)


@converter("Split")
def split(op: Op) -> list[str]:
    return [op.bottom[0]] * len(op.top_dims)


@converter("Silence")
def silence(op: Op) -> Sequence[str]:
    return ()


# -- shapes -----------------------------------------------------------------------------------


@converter("Flatten")
def flatten(op: Op) -> str:
    return op.shaped_like(op.bottom[0])


@converter("Reshape", fields=("ReshapeParameter.pixelshuffler",))
def reshape(op: Op) -> str:
    if op.layer.block > 1:
        return op.node("DepthToSpace", op.bottom[0], blocksize=op.layer.block, mode="CRD")
    return op.shaped_like(op.bottom[0])


# -- constants --------------------------------------------------------------------------------


@converter("Parameter", fields=("ParameterParameter.filler",))
def parameter(op: Op) -> str:
    return op.weights(0)


@converter("DummyData")
def dummy_data(op: Op) -> list[str]:
    fillers = op.param.dummy_data_param.data_filler
    if any(filler.type != "constant" for filler in fillers):
        raise op.refuse("it draws random numbers at each pass", "put an Input in its place")
    return [op.const(blob.data, f"data_{i}") for i, blob in enumerate(op.step.top)]


# -- choosing ---------------------------------------------------------------------------------


@converter("ArgMax")
def arg_max(op: Op) -> str:
    """Of equal values the last comes first: the axis is turned round, where the first does."""
    layer, x = op.layer, op.bottom[0]
    if layer.axis is not None:
        values, places = best(op, x, layer.axis, int(op.shape()[layer.axis]), layer.top_k)
        return values if layer.with_values else places
    flat = op.node("Flatten", x, axis=1)
    (size,) = op.fixed(_items(op), "the number of values")
    values, places = best(op, flat, 1, size, layer.top_k)
    places = op.unsqueeze(places, [1])
    if layer.with_values:
        places = op.node("Concat", places, op.unsqueeze(values, [1]), axis=1)
    return op.unsqueeze(places, list(range(3, len(op.top_dims[0]))))


def _items(op: Op) -> Dims:
    """How many values an item has, as one size."""
    return (int(np.prod(op.fixed(op.bottom_dims[0][1:], "the number of values"))),)


def best(op: Op, x: str, axis: int, size: int, count: int) -> tuple[str, str]:
    """The `count` largest values along an axis of a known size, and their places as floats."""
    turned = op.turned(x, [axis])
    if count == 1:
        values = op.reduce("ReduceMax", x, [axis])
        places = op.node("ArgMax", turned, axis=axis, keepdims=1)
    else:
        values, places = op.nodes("TopK", 2, turned, [count], axis=axis)
    return values, op.cast(op.node("Sub", size - 1, places), "FLOAT")
