"""CROP of the V1 age: offsets worked out by hand, and what cannot be aligned."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from protonet.proto.upgrade import upgrade_net

HEAD = 'input: "data" input_dim: 1 input_dim: 1 input_dim: 20 input_dim: 24\n'
CONV = (
    'layers {{ name: "{0}" type: {1} bottom: "{2}" top: "{3}" '
    "convolution_param {{ num_output: 1 {4} }} }}\n"
)
CROP = 'layers { name: "crop" type: CROP bottom: "x" bottom: "data" top: "y" }\n'


def upgraded(text: str):
    message, place = parse(HEAD + text, pb.NetParameter, "old.prototxt")
    return upgrade_net(message, place)


def conv(settings: str, type_name="CONVOLUTION", bottom="data", top="x") -> str:
    return CONV.format(f"{type_name} {top}", type_name, bottom, top, settings)


def pool(settings: str, bottom="x", top="x") -> str:
    return (
        f'layers {{ name: "pool" type: POOLING bottom: "{bottom}" top: "{top}" '
        f"pooling_param {{ {settings} }} }}\n"
    )


RELU = 'layers { name: "relu" type: RELU bottom: "x" top: "x" }\n'


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        # The middle of a kernel of 3 lies on the pixel with pad 1.
        (conv("kernel_size: 3 pad: 9"), [8]),
        (conv("kernel_size: 3 pad: 9") + RELU, [8]),
        (conv("kernel_size: 3 dilation: 2 pad: 9"), [7]),
        (conv("kernel_size: 1 pad_h: 4 pad_w: 2"), [4, 2]),
        (conv("kernel_h: 3 kernel_w: 7 pad: 3"), [2, 0]),
        (conv("kernel_size: 1 pad: 2 stride: 1"), [2]),
        # Down and up by two, both without a shift: (1/2 - 1/4) 2 + 3/2 - pad
        (
            conv("kernel_size: 1 pad: 4", top="a")
            + pool("kernel_size: 2 stride: 2", "a", "b")
            + conv("kernel_size: 4 stride: 2", "DECONVOLUTION", "b"),
            [5],
        ),
        (
            conv("kernel_size: 1 pad: 4", top="a")
            + pool("kernel_h: 2 kernel_w: 2 stride_h: 2 stride_w: 2 pad: 0", "a", "b")
            + conv("kernel_size: 4 stride: 2 pad: 1", "DECONVOLUTION", "b"),
            [4],
        ),
    ],
)
def test_offsets(text, offset):
    found = upgraded(text + CROP)
    crop = found.definition.message.layer[-1]
    assert (crop.type, crop.crop_param.axis, list(crop.crop_param.offset)) == ("Crop", 2, offset)
    assert f"layer 'crop': offset {', '.join(map(str, offset))} found for CROP" in found.changes


def test_crops_behind_crops_and_between_paths():
    text = (
        conv("kernel_size: 1 pad: 5")
        + CROP.replace('"y"', '"a"')
        + conv("kernel_size: 1 pad: 2", bottom="a", top="b")
        + 'layers { name: "sum" type: ELTWISE bottom: "b" bottom: "b" top: "c" }'
        + CROP.replace('"x"', '"c"')
    )
    layers = upgraded(text).definition.message.layer
    assert [list(x.crop_param.offset) for x in layers if x.type == "Crop"] == [[5], [2]]


def test_the_marked_pixel_stays_where_it_is():
    """A lone pixel, seen through kernels that keep their middle only."""
    text = conv("kernel_size: 5 pad: 6", top="a") + conv("kernel_size: 3", bottom="a") + CROP
    net = Net(HEAD + text)
    for name, middle in (("CONVOLUTION a", 2), ("CONVOLUTION x", 1)):
        net.params[name][0].data.fill(0)
        net.params[name][0].data[0, 0, middle, middle] = 1
    net.blobs["data"].data[0, 0, 7, 11] = 1
    net.run_forward()
    np.testing.assert_array_equal(net.blobs["y"].data, net.blobs["data"].data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (conv("kernel_size: 1 stride: 2"), r"one is scaled by \[2\.\] against the other"),
        (conv("kernel_size: 2 pad: 1"), "is fractional"),
        (conv("kernel_size: 5"), "is negative"),
        (
            'layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "x" '
            "inner_product_param { num_output: 2 } }\n",
            "no layers with coordinates lead to a blob that both come from",
        ),
        (pool("global_pooling: true", "data"), "no layers with coordinates"),
    ],
)
def test_what_cannot_be_aligned(text, message):
    with pytest.raises(PrototxtError, match=message) as caught:
        upgraded(text + CROP)
    assert str(caught.value).startswith("old.prototxt:3: layer 'crop' (Crop): 'x' cannot be")
    assert "crop_param { offset: ... }" in str(caught.value)
