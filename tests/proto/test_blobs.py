"""Arrays as BlobProto: the same bytes as protobuf's, and every old form of them."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.blobs import blob_chunks, read_blob_at
from protonet.proto.wire import Message, WireError, delimited, number


def read(content: bytes) -> np.ndarray:
    return read_blob_at(Message(np.frombuffer(content, np.uint8)))


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 0, 3), (300, 1, 2, 1, 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_written_as_protobuf_writes(shape: tuple[int, ...], dtype: type) -> None:
    array = np.random.default_rng(0).normal(size=shape).astype(dtype)
    proto = pb.BlobProto()
    for extent in shape:
        proto.shape.dim.append(extent)
    values = proto.double_data if dtype is np.float64 else proto.data
    values.extend(array.ravel().tolist())
    content = b"".join(bytes(chunk) for chunk in blob_chunks(array))
    assert content == proto.SerializeToString()
    again = read(content)
    assert again.shape == shape
    assert again.dtype == dtype or not again.size
    np.testing.assert_array_equal(again, array)


def test_a_view_that_is_not_contiguous() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3).T
    np.testing.assert_array_equal(read(b"".join(map(bytes, blob_chunks(array)))), array)


def test_four_old_extents() -> None:
    old = pb.BlobProto(num=1, channels=1, height=2, width=3, data=range(6), diff=range(6))
    assert read(old.SerializeToString()).tolist() == [[[[0, 1, 2], [3, 4, 5]]]]


def test_unpacked_values() -> None:
    values = np.arange(5, dtype=np.float32)
    content = b"".join(b"\x2d" + value.tobytes() for value in values)
    shape = pb.BlobProto(shape={"dim": [5]}).SerializeToString()
    for whole in (content + shape, shape + content):
        np.testing.assert_array_equal(read(whole), values)
    doubles = b"".join(b"\x41" + struct.pack("<d", value) for value in values)
    np.testing.assert_array_equal(read(shape + doubles), values.astype(np.float64))


def test_values_in_several_pieces_and_an_unpacked_shape() -> None:
    content = b"".join(delimited(5, np.float32(1).tobytes(), np.float32(2).tobytes()))
    content += b"".join(delimited(5, np.float32(3).tobytes()))
    content += b"".join(delimited(7, number(1, 3), number(1, 1)))
    assert read(content).tolist() == [[1], [2], [3]]


def test_half_precision_of_nvidia() -> None:
    half = np.array([0.5, -2, 65504], np.float16)
    content = number(10, 2) + b"".join(delimited(12, half.tobytes()))
    content = pb.BlobProto(shape={"dim": [3]}).SerializeToString() + content
    again = read(content)
    assert again.dtype == np.float32 and again.tolist() == [0.5, -2, 65504]
    with pytest.raises(WireError, match="raw data of type 3"):
        read(number(10, 3) + b"".join(delimited(12, b"abcd")))


def test_five_extents_of_c3d() -> None:
    data = np.arange(6, dtype=np.float32)
    content = b"".join(number(i, n) for i, n in enumerate([1, 1, 3, 2, 1], 1))
    content += b"".join(delimited(6, data.tobytes()))
    assert read(content).shape == (1, 1, 3, 2, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x2a\x03abc", "3 bytes are no whole number of values"),
        (pb.BlobProto(shape={"dim": [3]}, data=[1, 2]).SerializeToString(), "2 values for the sh"),
        (pb.BlobProto(shape={"dim": [-1, -2]}, data=[1, 2]).SerializeToString(), "for the shape"),
        (pb.BlobProto(shape={"dim": [2**62, 2**62]}).SerializeToString(), "0 values for the shape"),
        (pb.BlobProto(shape={"dim": [1] * 33}, data=[1]).SerializeToString(), "32 axes"),
        (pb.BlobProto(num=2, data=[1, 2]).SerializeToString(), "shape (2, 0, 0, 0)"),
        (b"\x2a\x80\x80\x80\x80\x08abc", "ends too early"),
        (b"", "0 values for the shape ()"),
    ],
)
def test_damage(content: bytes, words: str) -> None:
    with pytest.raises(WireError) as caught:
        read(content)
    assert words in str(caught.value)
