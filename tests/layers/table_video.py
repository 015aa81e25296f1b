"""Rows of the layers in `layers/video`."""

from __future__ import annotations

from tests.harness.row import Row

from .table_recurrent import begins

FILLERS = 'weight_filler { type: "xavier" } bias_filler { value: 0.25 }'
LSTM = f'type: "Lstm" lstm_param {{ num_output: 3 {FILLERS}'
CLIP = ((2, 3, 4, 5, 6),)

ROWS = [
    Row(
        "convolution3d",
        'type: "Convolution3D" convolution3d_param { num_output: 4 kernel_size: 3 kernel_depth: 2 '
        f"stride: 2 pad: 1 temporal_pad: 1 {FILLERS} }}",
        CLIP,
    ),
    Row(
        "convolution3d_no_bias",
        'type: "Convolution3D" convolution3d_param { num_output: 2 kernel_size: 2 kernel_depth: 3 '
        f"temporal_stride: 2 bias_term: false {FILLERS} }}",
        CLIP,
    ),
    Row(
        "pooling3d_max",
        'type: "Pooling3D" pooling3d_param { kernel_size: 3 kernel_depth: 2 stride: 2 '
        "temporal_stride: 2 }",
        CLIP,
    ),
    Row(
        "pooling3d_ave",
        'type: "Pooling3D" pooling3d_param { pool: AVE kernel_size: 3 kernel_depth: 3 stride: 2 '
        "temporal_stride: 2 pad: 1 }",
        CLIP,
    ),
    Row("lstm_ctpn", f"{LSTM} }}", ((4, 3, 5),), other=((5, 2, 5),)),
    Row("lstm_ctpn_images", f"{LSTM} }}", ((3, 2, 2, 3),), other=((2, 4, 2, 3),)),
    Row(
        "lstm_ctpn_marks",
        f"{LSTM} }}",
        ((4, 3, 5), (4, 3)),
        values={1: begins},
        other=((5, 2, 5), (5, 2)),
    ),
    # gradients that are cut are no derivatives
    Row(
        "lstm_ctpn_clip",
        f"{LSTM} clipping_threshold: 0.01 }}",
        ((4, 3, 5),),
        other=((5, 2, 5),),
    ),
    Row("ctc", 'type: "CTCGreedyDecoder"', ((9, 3, 5), (9, 3)), tops=2, steady=False),
]
