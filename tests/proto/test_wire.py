"""The bytes of protobuf, against protobuf."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.wire import Message, WireError, delimited, number, signed, varint


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
