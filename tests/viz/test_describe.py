"""A layer in few words."""

from __future__ import annotations

import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from protonet.viz.describe import described


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'type: "Convolution" convolution_param { num_output: 8 kernel_h: 1 kernel_w: 7 '
            "pad_h: 0 pad_w: 3 stride: 2 dilation: 4 group: 2 }",
            ["8 outputs", "1x7", "stride 2", "pad 0x3", "dilation 4", "group 2"],
        ),
        (
            'type: "Convolution" convolution_param { num_output: 8 kernel_size: [3, 5] '
            "dilation: [1, 2] }",
            ["8 outputs", "3x5", "dilation 1x2"],
        ),
        (
            'type: "Deconvolution" convolution_param { num_output: 3 kernel_size: 4 stride_h: 2 '
            "stride_w: 1 pad: 1 }",
            ["3 outputs", "4x4", "stride 2x1", "pad 1"],
        ),
        ('type: "Pooling" pooling_param { kernel_size: 3 stride: 2 }', ["MAX", "3x3", "stride 2"]),
        ('type: "Pooling" pooling_param { pool: AVE global_pooling: true }', ["AVE", "global"]),
        ('type: "InnerProduct" inner_product_param { num_output: 10 }', ["10 outputs"]),
        ('type: "Concat"', []),
        ('type: "Concat" concat_param { axis: 2 }', ["axis 2"]),
        ('type: "Eltwise" eltwise_param { operation: PROD }', ["PROD"]),
        (
            'type: "Eltwise" eltwise_param { coeff: [1, -0.5] }',
            ["SUM", "times 1, -0.5"],
        ),
        ('type: "Reshape" reshape_param { shape { dim: [0, -1, 21] } }', ["to 0x-1x21"]),
        ('type: "Dropout"', ["0.5"]),
        ('type: "HyperColumn"', []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert described(parse(text, pb.LayerParameter)[0]) == words
