"""Binary nets of forks: weights load, definitions are read, unknown bytes come back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.fork_wire import in_our_numbers, unknown_fields
from protonet.proto.parser import parse
from protonet.proto.upgrade_file import upgrade_file, write_upgraded
from protonet.proto.weights import read_weights, write_weights
from protonet.proto.wire import delimited, number
from tests.harness.golden import CONFORMANCE

TAGGED = sorted((CONFORMANCE / "forks/nets").glob("*/weights_fork_tags.caffemodel"))


def read(content: bytes) -> pb.NetParameter:
    return pb.NetParameter.FromString(in_our_numbers(np.frombuffer(content, np.uint8)))


def net(type_name: str, *parameters: bytes) -> bytes:
    """A net of one layer, with parameters as bytes."""
    head = pb.LayerParameter(name="l", type=type_name).SerializeToString()
    return b"".join(delimited(100, head, *parameters))


def block(tag: int, content: bytes) -> bytes:
    return b"".join(delimited(tag, content))


def test_six_nets_have_the_forks_own_numbers() -> None:
    assert len(TAGGED) == 6


@pytest.mark.parametrize("path", TAGGED, ids=lambda path: path.parent.name)
def test_weights_are_found_whatever_the_numbers(path: Path) -> None:
    plain = read_weights(path.with_name("weights.caffemodel"))
    tagged = read_weights(path)
    assert [(layer.name, layer.type) for layer in tagged if layer.blobs] == [
        (layer.name, layer.type) for layer in plain if layer.blobs
    ]
    of_plain = [blob for layer in plain for blob in layer.blobs]
    of_tagged = [blob for layer in tagged for blob in layer.blobs]
    assert len(of_plain) == len(of_tagged) > 0
    for one, other in zip(of_plain, of_tagged):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("path", TAGGED, ids=lambda path: path.parent.name)
def test_the_definition_in_a_binary_is_that_of_the_text(path: Path) -> None:
    text, _ = parse(path.with_name("net.prototxt").read_text(), pb.NetParameter)
    old = read(path.read_bytes())
    assert len(old.layer) == len(text.layer)
    for layer, expected in zip(old.layer, text.layer):
        del layer.blobs[:]
        layer.ClearField("phase")  # which Caffe adds on its own
        assert layer == expected


@pytest.mark.parametrize("path", TAGGED, ids=lambda path: path.parent.name)
def test_what_we_write_we_read(path: Path, tmp_path: Path) -> None:
    upgraded = upgrade_file(path)
    write_upgraded(tmp_path / "a.caffemodel", upgraded)
    assert upgrade_file(tmp_path / "a.caffemodel").new == upgraded.new
    write_weights(tmp_path / "b.caffemodel", upgraded.new, {})
    again = upgrade_file(tmp_path / "b.caffemodel").new
    for layer, expected in zip(again.layer, upgraded.new.layer):
        del expected.blobs[:]
        assert layer == expected


def test_the_type_decides_not_the_number() -> None:
    interp = block(143, number(1, 9) + number(2, 13))  # height, width in PSPNet
    assert read(net("Interp", interp)).layer[0].interp_param.width == 13
    shape = pb.InputParameter(shape=[pb.BlobShape(dim=[3])]).SerializeToString()
    assert read(net("Input", block(143, shape))).layer[0].input_param.shape[0].dim == [3]
    # 150 is psroi_pooling_param's neighbour, roi_pooling_param and upsample_param
    assert read(net("Upsample", block(150, number(1, 4)))).layer[0].upsample_param.scale == 4
    pool = read(net("ROIPooling", block(150, number(1, 7)))).layer[0].roi_pooling_param
    assert pool.pooled_h == 7

    # what is Caffe's own by now, a fork once had at its own place
    assert read(net("Scale", block(160, number(1, 2)))).layer[0].scale_param.axis == 2


def test_one_message_of_several_forks_is_read_as_its_own_fork_does() -> None:
    constant = block(1, b"constant")  # type of a FillerParameter
    segnet = read(net("BN", block(45, block(1, constant) + number(3, 1)))).layer[0].bn_param
    assert (segnet.scale_filler.type, segnet.bn_mode) == ("constant", pb.BNParameter.INFERENCE)
    pspnet = read(net("BN", block(152, block(1, constant) + number(5, 1)))).layer[0].bn_param
    assert (pspnet.slope_filler.type, pspnet.frozen) == ("constant", True)
    assert not pspnet.HasField("scale_filler")
    # 45 and field 7: only Synopsys has that
    synopsys = read(net("BN", block(45, block(7, constant)))).layer[0].bn_param
    assert synopsys.slope_filler.type == "constant"


@pytest.mark.parametrize(
    "content",
    [
        net("Permute", block(999, number(1, 2))),  # no fork's number
        net("Permute", block(202, number(77, 2))),  # no fork's field in it
        net("Permute", block(202, b"\x0d\0\0\0\0")),  # a float as order
        net("Unheard", block(202, number(1, 2))),
        net("Convolution", block(202, number(1, 2))),
    ],
)
def test_what_cannot_be_told_stays_as_it_is(content: bytes) -> None:
    assert in_our_numbers(np.frombuffer(content, np.uint8)) == content
    layer = pb.NetParameter.FromString(content).layer[0]
    assert not any(part.number > 1000 for part, _ in layer.ListFields())


def test_unknown_bytes_are_written_back(tmp_path: Path) -> None:
    secret = block(999, b"of a fork of a fork")
    outer = number(300, 5)
    path = tmp_path / "a.caffemodel"
    blob = pb.BlobProto(shape=pb.BlobShape(dim=[1]), data=[2.0]).SerializeToString()
    path.write_bytes(net("InnerProduct", block(7, blob), secret) + outer)
    assert unknown_fields(np.fromfile(path, np.uint8)) == outer
    upgraded = upgrade_file(path)
    write_upgraded(tmp_path / "b.caffemodel", upgraded)
    written = (tmp_path / "b.caffemodel").read_bytes()
    assert secret in written and written.endswith(outer)
    write_weights(tmp_path / "c.caffemodel", upgraded.new, {0: [np.ones(1, np.float32)]})
    written = (tmp_path / "c.caffemodel").read_bytes()
    assert written.count(secret) == 1 and written.count(outer) == 1
