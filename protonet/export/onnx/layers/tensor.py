"""Layers of forks for nets that come from TensorFlow and ONNX."""

from __future__ import annotations

from math import prod

from ..op import Op
from ..registry import converter
from .flow import planes


@converter("Add")
def add(op: Op) -> str:
    return op.node("Add", *op.bottom)


@converter("Mul")
def mul(op: Op) -> str:
    factor = op.bottom[1] if len(op.bottom) > 1 else op.weights(0)
    return op.node("Mul", op.bottom[0], factor)


@converter("HardSwish")
def hard_swish(op: Op) -> str:
    x = op.bottom[0]
    return op.node("Mul", x, op.node("HardSigmoid", x, alpha=1 / 6, beta=0.5))


@converter("Mish")
def mish(op: Op) -> str:
    x = op.bottom[0]
    return op.node("Mul", x, op.node("Tanh", op.softplus(x)))


@converter("Pad")
def pad(op: Op) -> str:
    layer, value = op.layer, float(op.param.pad_param.constant_values)
    return op.node("Pad", op.bottom[0], [*layer.before, *layer.after], value, mode="constant")


@converter("DepthToSpace")
def depth_to_space(op: Op) -> str:
    layer, x = op.layer, op.bottom[0]
    block = op.param.depth_to_space_param.block_size
    if layer.order != "NHWC":
        return op.node("DepthToSpace", x, blocksize=block, mode=layer.order)
    x = op.node("Transpose", x, perm=[0, 3, 1, 2])
    y = op.node("DepthToSpace", x, blocksize=block, mode="DCR")
    return op.node("Transpose", y, perm=[0, 2, 3, 1])


@converter("SpaceToBatchND")
def space_to_batch_nd(op: Op) -> str:
    """(N, m_1, b_1, m_2, b_2, ...) with the blocks before the items."""
    layer, rest, count = op.layer, len(op.shape()) - 1 - len(op.layer.blocks), len(op.layer.blocks)
    op.fixed(op.bottom_dims[0], "how its cells are dealt out")
    before, behind = zip(*layer.margins)
    zeros = [0] * rest
    x = op.pad(op.bottom[0], [0, *before, *zeros, 0, *behind, *zeros])
    split = [n for wide, b in zip(layer.wide[1:], layer.blocks) for n in (wide // b, b)]
    tail = list(layer.wide[1 + count :])
    x = op.node("Reshape", x, [layer.wide[0], *split, *tail])
    cells, blocks = (list(range(first, 1 + 2 * count, 2)) for first in (1, 2))
    x = op.node(
        "Transpose", x, perm=[*blocks, 0, *cells, *range(1 + 2 * count, 1 + 2 * count + rest)]
    )
    return op.node("Reshape", x, [int(dim) for dim in op.top_dims[0]])


@converter("BatchToSpaceND")
def batch_to_space_nd(op: Op) -> str:
    layer, shape, count = op.layer, op.shape(), len(op.layer.blocks)
    op.fixed(op.bottom_dims[0], "how its cells are put together")
    items = shape[0] // prod(layer.blocks)
    x = op.node("Reshape", op.bottom[0], [*layer.blocks, items, *shape[1:]])
    pairs = [axis for k in range(count) for axis in (count + 1 + k, k)]
    x = op.node("Transpose", x, perm=[count, *pairs, *range(2 * count + 1, count + len(shape))])
    x = op.node("Reshape", x, list(layer.wide))
    starts = [before for before, _ in layer.margins]
    ends = [wide - behind for wide, (_, behind) in zip(layer.wide[1:], layer.margins)]
    return op.node("Slice", x, starts, ends, list(range(1, count + 1)))


@converter("ResizeBilinear", "ResizeNearestNeighbor")
def resize(op: Op) -> str:
    """By the layer's own weights: engines lay cells upon each other in ways of their own."""
    if not op.layer.last:
        return planes(op, op.bottom[0])
    x = op.node("Transpose", op.bottom[0], perm=[0, 3, 1, 2])
    op.fixed(op.bottom_dims[0][1:3], "its weights")
    return op.node("Transpose", planes(op, x, checked=True), perm=[0, 2, 3, 1])
