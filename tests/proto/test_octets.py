"""Bytes that are not UTF-8 come back as they were, and open the file that they name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from protonet.data.lookup import find_source
from protonet.proto import caffe_pb2 as pb
from protonet.proto.octets import decode, encode, file_name, lift, octet, serialize


@pytest.mark.parametrize(
    "octets", [b"", b"plain", "grün €".encode(), b"gr\xfcn", bytes(range(256))]
)
def test_there_and_back(octets: bytes) -> None:
    assert encode(decode(octets)) == octets
    decode(octets).encode()  # Unicode, without surrogates


def test_one_byte() -> None:
    assert octet(decode(b"\xe9")) == 0xE9 and octet("e") is None and octet("é") is None


def test_messages_keep_the_bytes() -> None:
    layer = pb.LayerParameter(name=decode(b"\xe9"), bottom=["a", decode(b"\xb0"), "c"])
    layer.data_param.source = decode(b"\xff")
    content = serialize(layer)
    assert b"\x0a\x01\xe9\x1a\x01a\x1a\x01\xb0\x1a\x01c" in content
    again = pb.LayerParameter.FromString(content)
    lift(again)
    assert again == layer
    plain = pb.LayerParameter(name="a")
    assert serialize(plain) == plain.SerializeToString()


def test_the_file_of_these_bytes_is_opened(tmp_path: Path) -> None:
    name = os.fsdecode(b"gr\xfcn")
    try:
        (tmp_path / name).write_text("x")
    except OSError:  # file systems that take Unicode only
        assert os.name != "posix" or os.uname().sysname == "Darwin"
        return
    assert file_name(decode(b"gr\xfcn")) == name
    assert find_source(decode(b"gr\xfcn"), tmp_path, "data_param.source").read_text() == "x"
