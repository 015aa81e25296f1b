"""The bytes of protobuf, against protobuf."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.wire import FileBytes, Message, WireError, delimited, number, signed, varint


def bytes_of(content: bytes) -> np.ndarray:
    return np.frombuffer(content, np.uint8)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**31 - 1, -1, -(2**31)])
def test_whole_numbers(value: int) -> None:
    message = pb.SolverState(iter=value)
    assert number(1, value) == message.SerializeToString()
    assert signed(Message(bytes_of(varint(value))).varint()) == value


def test_fields() -> None:
    content = pb.SolverParameter(train_net="ab", base_lr=1.5, max_iter=300).SerializeToString()
    message = Message(bytes_of(content))
    found = {n: value for n, _, value in message}
    assert message.octets(found[1]) == b"ab" and found[7] == 300
    assert message.packed(found[5], "<f4").tolist() == [1.5]
    assert b"".join(delimited(1, b"a", b"b")) == content[:4]


@pytest.mark.parametrize(
    "content",
    [b"\x08", b"\x08" + b"\xff" * 11, b"\x0a\x05abc", b"\x00\x01", b"\x0b\x0c", b"\x0d\x01\x02"],
)
def test_damage(content: bytes) -> None:
    with pytest.raises(WireError):
        list(Message(bytes_of(content)))


def test_a_run_of_unpacked_values_stops_where_it_stops() -> None:
    run = b"".join(b"\x2d" + np.float32(x).tobytes() for x in (1, 2, 3))
    message = Message(bytes_of(run + b"\x08\x05"))
    fields = iter(message)
    n, _, span = next(fields)
    assert n == 5
    assert message.unpacked(span, "<f4").tolist() == [1, 2, 3]
    assert next(fields) == (1, 0, 5)


def test_arrays_from_a_file_are_aligned_and_their_own(tmp_path: Path) -> None:
    values = np.arange(9000, dtype="<f4")
    path = tmp_path / "x"
    for offset in range(4):
        path.write_bytes(
            b"a" * offset + b"".join(delimited(5, values.tobytes(), b"")) + b"\x08\x05"
        )
        with open(path, "rb", buffering=0) as file:
            message = Message(FileBytes(file), offset)
            fields = iter(message)
            _, _, span = next(fields)
            read = message.packed(span, "<f4")
            assert next(fields) == (1, 0, 5)
        assert read.flags.carray and read.flags.owndata
        np.testing.assert_array_equal(read, values)


def test_a_file_that_is_cut_short_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"".join(delimited(5, bytes(100_000))))
    with open(path, "rb", buffering=0) as file:
        message = Message(FileBytes(file))
        _, _, span = next(iter(message))
        os.truncate(path, 50_000)
        with pytest.raises(WireError, match="ends too early, at byte 50000"):
            message.packed(span, "<f4")
