"""Layers that shape, join, cut, pick and reorder."""

from __future__ import annotations

from ..worked import Example
from .values import counted, of, one, planes

_SIX, _FOUR = counted(2, 3), planes([[1, 2], [3, 4]])
_PAIR = [[[1, 2, 3]], [[4, 0, 1]]]
_CUBE = counted(1, 4, 1, 2)

EXAMPLES = {
    "Split": one(of("Split"), [[1, 2]], tops=2, diffs=[[[1, 2]], [[10, 20]]]),
    "Flatten": one(of("Flatten"), counted(1, 2, 2, 2)),
    "Reshape": one(
        of("Reshape", "reshape_param { shape { dim: 0 dim: -1 dim: 2 } }"), counted(1, 4)
    ),
    "Squeeze": one(of("Squeeze"), counted(1, 3, 1, 2)),
    "Concat": one(of("Concat"), [[1, 2], [5, 6]], [[3], [7]]),
    "Slice": one(of("Slice", "slice_param { slice_point: 1 }"), _SIX, tops=2),
    "Crop": one(
        of("Crop", "crop_param { axis: 2 offset: 1 offset: 0 }"),
        counted(1, 1, 3, 3),
        planes([[0, 0], [0, 0]]),
    ),
    "Tile": one(of("Tile", "tile_param { tiles: 2 }"), [[1, 2], [3, 4]]),
    "Padding": one(
        of("Padding", "padding_param { pad_beg: 0 pad_end: -1 }"),
        planes([[1, 2, 3], [4, 5, 6]]),
        title="the last row and column are cut off",
    ),
    "MatWrite": (
        Example(
            of("MatWrite", 'mat_write_param { prefix: "out" }'),
            "nothing comes out, no file either, and 0 comes back",
            [[[1, 2]]],
            tops=0,
        ),
    ),
    "Silence": (Example(of("Silence"), "nothing comes out, and 0 comes back", [[[1, 2]]], tops=0),),
    "Eltwise": tuple(
        Example(of("Eltwise", f"eltwise_param {{ {text} }}"), title, _PAIR)
        for title, text in (
            ("a weighted sum", "coeff: 1 coeff: -2"),
            ("a product", "operation: PROD"),
            ("the larger one", "operation: MAX"),
        )
    ),
    "Reduction": one(
        of("Reduction", "reduction_param { axis: 1 }"), _SIX, title="the sum of each row"
    ),
    "Filter": one(of("Filter"), [[1, 2], [3, 4], [5, 6]], [1, 0, 1], title="items 0 and 2 stay"),
    "BatchReindex": one(of("BatchReindex"), [[1, 2], [3, 4]], [1, 1, 0], title="items 1, 1 and 0"),
    "Permute": one(
        of("Permute", "permute_param { order: [0, 2, 3, 1] }"),
        planes([[1, 2]], [[3, 4]], [[5, 6]]),
        title="channels last",
    ),
    "Transpose": one(of("Transpose", "transpose_param { dim: 1 dim: 0 }"), _SIX),
    "Reverse": one(of("Reverse"), [[1, 2], [3, 4], [5, 6]]),
    "Flip": one(of("Flip"), _FOUR),
    "ShuffleChannel": one(
        of("ShuffleChannel", "shuffle_channel_param { group: 2 }"),
        _CUBE,
        title="channels 0, 1, 2, 3 of two groups become 0, 2, 1, 3",
    ),
    "Reorg": one(
        of("Reorg", "reorg_param { stride: 2 }"),
        counted(1, 4, 2, 2),
        title="the cells of each square of 2x2 become channels",
    ),
    "Interp": one(
        of("Interp", "interp_param { height: 3 width: 3 }"),
        _FOUR,
        title="the corners stay where they are",
    ),
    "Resample": one(of("Resample", "resample_param { height: 4 width: 4 }"), _FOUR),
    "Downsample": one(
        of("Downsample", "downsample_param { top_height: 2 top_width: 2 }"),
        counted(1, 1, 4, 4),
    ),
    "Upsample of yolo-eric612": one(
        of("Upsample", "upsample_param { scale: 2 }"), _FOUR, fork="yolo-eric612"
    ),
    "Upsample of segnet": one(
        of("Upsample", "upsample_param { scale: 2 }"),
        planes([[5, 6]]),
        planes([[1, 6]]),
        fork="segnet",
        title="to the places 1 and 6 of two rows of four",
    ),
    "Unpooling": one(
        of("Unpooling", "unpooling_param { kernel_size: 2 stride: 2 unpool_h: 2 unpool_w: 4 }"),
        planes([[5, 6]]),
        planes([[1, 6]]),
        title="to the places 1 and 6 of two rows of four",
    ),
}
