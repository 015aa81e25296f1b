"""Layers of the YOLO forks."""

from __future__ import annotations

from ..op import Op
from ..registry import converter


@converter("Upsample of yolo-eric612")
def upsample(op: Op) -> str:
    scale = float(op.layer.scale)
    return op.node(
        "Resize",
        op.bottom[0],
        "",
        [1.0, 1.0, scale, scale],
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


@converter("Reorg")
def reorg(op: Op) -> str:
    """Cells into channels as Darknet reads the memory, or back."""
    x, new = op.bottom[0], op.top_dims[0]
    op.fixed(op.bottom_dims[0][1:], "the size of its top")
    _, s, _, t, h, w = op.layer.small
    if op.layer.reverse:
        y = op.node("Reshape", x, [-1, s, s, t, h, w])
        y = op.node("Transpose", y, perm=[0, 3, 4, 1, 5, 2])
    else:
        y = op.node("Reshape", x, [-1, t, h, s, w, s])
        y = op.node("Transpose", y, perm=[0, 3, 5, 1, 2, 4])
    return op.node("Reshape", y, [-1, *(int(dim) for dim in new[1:])])
