"""Datums on the wire, against protobuf's own reading and writing of them."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.data.datum import DatumReader, decode_datum, encode_datum
from protonet.errors import DataError
from protonet.proto import caffe_pb2 as pb


def message(**fields) -> bytes:
    return pb.Datum(**fields).SerializeToString()


@pytest.mark.parametrize("label", [0, 9, 127, 128, 70000, -3, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_written_as_protobuf_writes_it(dtype: type, label: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2, 3, 5)).astype(dtype)
    datum = pb.Datum()
    datum.MergeFromString(encode_datum(pixels, label))
    assert (datum.channels, datum.height, datum.width, datum.label) == (2, 3, 5, label)
    values = np.frombuffer(datum.data, np.uint8) if dtype == np.uint8 else datum.float_data
    np.testing.assert_array_equal(values, pixels.ravel())
    assert encode_datum(pixels, label) == datum.SerializeToString()


@pytest.mark.parametrize("label", [0, 9, 127, 128, 70000, -3])
def test_reads_what_protobuf_wrote(label: int) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (3, 4, 5)).astype(np.uint8)
    datum = decode_datum(message(channels=3, height=4, width=5, data=pixels.tobytes(), label=label))
    np.testing.assert_array_equal(datum.pixels, pixels)
    assert datum.pixels.dtype == np.uint8
    assert (datum.label, datum.encoded) == (label, False)


def test_reads_floats_whatever_their_bytes_look_like() -> None:
    # 0x35 is the tag of a float: its bytes may well appear inside of values.
    values = np.frombuffer(b"\x35" * 20 + b"\x00\x00\x80\x3f", "<f4")
    datum = decode_datum(message(channels=6, height=1, width=1, float_data=values, label=2))
    np.testing.assert_array_equal(datum.pixels.ravel(), values)
    assert datum.pixels.dtype == np.float32
    assert datum.label == 2


def test_reads_packed_floats() -> None:
    values = np.array([1.5, -2, 3], "<f4")
    record = message(channels=3, height=1, width=1) + b"\x32\x0c" + values.tobytes()
    np.testing.assert_array_equal(decode_datum(record).pixels.ravel(), values)


def test_fields_in_any_order_and_unknown_ones() -> None:
    unknown = b"\x58\x05" + b"\x61" + bytes(8) + b"\x6d" + bytes(4) + b"\x72\x02xx"
    record = message(label=4) + unknown + message(height=1, width=2, channels=1, data=b"\x07\x08")
    datum = decode_datum(record)
    assert datum.label == 4
    assert datum.pixels.tolist() == [[[7, 8]]]


def test_encoded_keeps_the_file() -> None:
    datum = decode_datum(message(data=b"\x89PNG", encoded=True, label=1))
    assert datum.encoded
    assert datum.pixels.tobytes() == b"\x89PNG"


def test_reader_is_not_fooled_by_the_record_before() -> None:
    reader = DatumReader()
    rng = np.random.default_rng(3)
    shapes = [(1, 4, 4), (1, 4, 4), (1, 2, 8), (1, 4, 4), (3, 4, 4), (3, 4, 4)]
    for i in range(60):
        pixels = rng.integers(0, 256, shapes[rng.integers(len(shapes))]).astype(np.uint8)
        label = int(rng.choice([0, 5, 127, 128, 300]))
        record = encode_datum(pixels, label)
        if i % 7 == 3:
            record += b"\x38\x00"  # encoded: false
        datum = reader.read(record)
        np.testing.assert_array_equal(datum.pixels, pixels)
        assert datum.label == label


@pytest.mark.parametrize(
    "record",
    [
        b"\xff" * 20,
        b"\x0b",
        message(channels=1, height=2, width=2, data=b"abc"),
        message(channels=1, height=2, width=2),
        message(channels=-1, height=-2, width=2, data=b"abcd"),
        message(channels=1, height=2, width=2, float_data=[1, 2, 3]),
        message(label=3),
        b"",
    ],
)
def test_refuses_what_is_no_image(record: bytes) -> None:
    with pytest.raises(DataError):
        decode_datum(record)


def test_refuses_every_cut_of_a_record() -> None:
    pixels = np.arange(12).reshape(1, 3, 4)
    for record in (encode_datum(pixels.astype(np.uint8), 3), encode_datum(pixels / 2, 300)):
        whole = decode_datum(record)
        for end in range(len(record)):
            try:
                cut = decode_datum(record[:end])
            except DataError:
                continue
            # Only the label, the last field, may be missing without a trace.
            np.testing.assert_array_equal(cut.pixels, whole.pixels)
            assert cut.label == 0


def test_refuses_to_write_what_is_no_image() -> None:
    with pytest.raises(DataError, match=r"\(3,\)"):
        encode_datum(np.zeros(3), 0)


@pytest.mark.parametrize("tail", [b"", b"\x38\x00"])  # encoded: false, as convert_imageset writes
def test_alike_records_at_once(tail: bytes) -> None:
    rng = np.random.default_rng(6)
    pixels = rng.integers(0, 256, (5, 2, 3, 4)).astype(np.uint8)
    records = [encode_datum(image, 10 * i) + tail for i, image in enumerate(pixels)]
    reader = DatumReader()
    assert reader.read_alike(records) is None  # nothing was read before
    reader.read(records[0])
    found = reader.read_alike(records)
    assert found is not None
    np.testing.assert_array_equal(found[0], pixels)
    assert found[1].tolist() == [0, 10, 20, 30, 40]


@pytest.mark.parametrize(
    "other",
    [
        encode_datum(np.zeros((2, 4, 3), np.uint8), 1),
        encode_datum(np.zeros((2, 3, 4), np.uint8), 128),
        encode_datum(np.zeros((2, 3, 5), np.uint8), 1),
        encode_datum(np.zeros((2, 3, 4), np.float32), 1),
        pb.Datum(channels=2, height=3, width=4, data=bytes(22), encoded=True).SerializeToString(),
        b"",
    ],
)
@pytest.mark.parametrize("tail", [b"", b"\x38\x00"])
def test_records_that_differ_are_not_alike(other: bytes, tail: bytes) -> None:
    like = encode_datum(np.zeros((2, 3, 4), np.uint8), 1) + tail
    reader = DatumReader()
    reader.read(like)
    assert reader.read_alike([like, other, like]) is None


@pytest.mark.parametrize("tail", [b"\x38\x01", b"\x28\x06", b"\x08\x01"])
def test_another_tail_of_the_same_length(tail: bytes) -> None:
    """encoded: true, a second label, another number of channels."""
    like = encode_datum(np.zeros((2, 3, 4), np.uint8), 1)
    reader = DatumReader()
    reader.read(like + b"\x38\x00")
    assert reader.read_alike([like + b"\x38\x00", like + tail]) is None
    if tail[0] == 0x08:
        with pytest.raises(DataError):
            reader.read(like + tail)
        return
    datum = reader.read(like + tail)
    assert (datum.label, datum.encoded) == ((1, True) if tail[0] == 0x38 else (6, False))


@pytest.mark.parametrize("label", [3.0, np.float32(3), np.int64(3), True + 2])
def test_whole_numbers_of_any_type_are_labels(label: float) -> None:
    assert decode_datum(encode_datum(np.zeros((1, 1, 1)), label)).label == 3


@pytest.mark.parametrize("label", [0.8, np.float32(-1.5), float("nan"), float("inf"), 2**31])
def test_other_labels_say_where_they_go(label: float) -> None:
    with pytest.raises(DataError, match=r"whole number as its label, not .*HDF5Data"):
        encode_datum(np.zeros((1, 1, 1)), label)
