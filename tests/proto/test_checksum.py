"""Weights that say when they were damaged, to us; to others they are what they always were."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.errors import WeightsError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.upgrade_file import upgrade_file, write_upgraded
from protonet.proto.weight_file import read_weight_file
from protonet.proto.weights import read_weights

NET = """name: "n"
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 5 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
"""
DAMAGED = "n.caffemodel: the file is damaged: what it holds is not what was written: get or write"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    Net(NET, seed=1).save(tmp_path / "n.caffemodel")
    return tmp_path / "n.caffemodel"


def with_another_weight(content: bytes) -> bytes:
    """One bit of a number is another, which no reader of messages sees."""
    values = pb.NetParameter.FromString(content).layer[1].blobs[0].data
    at = content.index(struct.pack("<2f", *values[:2]))
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_the_first_field_is_the_checksum_of_the_rest(weights: Path) -> None:
    """The bytes as protobuf's documents have them: field 1001 of 32 bits, little end first."""
    content = weights.read_bytes()
    assert content[:2] == bytes([1001 << 3 & 0x7F | 5 | 0x80, 1001 >> 4])
    assert int.from_bytes(content[2:6], "little") == zlib.crc32(content[6:])


def test_no_flipped_bit_goes_unseen(weights: Path) -> None:
    """But those that make an unknown field of the checksum's own, 14 bits of any file."""
    content, rng = weights.read_bytes(), random.Random(3)
    bits = [(at, bit) for at in range(2, len(content)) for bit in range(8)]
    for at, bit in [*rng.sample(bits, 400), (len(content) - 1, 7), (2, 0)]:
        flipped = bytearray(content)
        flipped[at] ^= 1 << bit
        weights.write_bytes(flipped)
        with pytest.raises(WeightsError):
            read_weights(weights)
    weights.write_bytes(with_another_weight(content))
    for read in (read_weights, read_weight_file, upgrade_file):
        with pytest.raises(WeightsError, match=DAMAGED):
            read(weights)


def test_a_message_that_others_changed_is_not_damaged(weights: Path) -> None:
    """They keep the field, behind those they know; without it a file loads as ever."""
    message = pb.NetParameter.FromString(weights.read_bytes())
    message.layer[1].blobs[1].data[0] = 7
    changed = message.SerializeToString()
    assert changed[-6:-4] == weights.read_bytes()[:2], "it is still there"
    message.DiscardUnknownFields()
    for content in (changed, message.SerializeToString()):
        weights.write_bytes(content)
        assert read_weights(weights)[1].blobs[1][0] == 7


def test_what_is_written_again_has_one_checksum(weights: Path, tmp_path: Path) -> None:
    before = weights.read_bytes()
    read_weight_file(weights).write(tmp_path / "again.caffemodel")
    assert (tmp_path / "again.caffemodel").read_bytes() == before
    write_upgraded(tmp_path / "upgraded", upgrade_file(weights))
    assert (tmp_path / "upgraded").read_bytes() == before[6:], "as Caffe's own tool writes it"


def test_the_command_line_says_it_in_a_line(weights: Path, tmp_path: Path, capsys) -> None:
    weights.write_bytes(with_another_weight(weights.read_bytes()))
    assert main(["weights", "stats", str(weights)]) == 3
    said = capsys.readouterr().err
    assert DAMAGED in said and said.count("\n") == 1
