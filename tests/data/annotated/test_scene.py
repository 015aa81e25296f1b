"""Boxes of records, and what becomes of them."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.data.annotated.scene import (
    emitted,
    mirrored,
    no_boxes,
    read_record,
    seen_from,
    write_record,
)
from protonet.data.datum import DatumReader, encode_datum
from protonet.errors import DataError
from protonet.proto import caffe_pb2 as pb

BOX = [3, 1, 0.2, 0.4, 0.6, 0.8, 1]


def rows(*boxes: list[float]) -> np.ndarray:
    return np.array([[0, 0, *box, 0] for box in boxes], np.float32)


def test_a_record_comes_back() -> None:
    datum = pb.Datum(channels=1, height=2, width=3, data=bytes(range(6)), label=4)
    boxes = np.array([BOX, [5, 0, 0, 0, 1, 1, 0], [3, 2, 0.5, 0.5, 0.75, 1, 0]], np.float32)
    read = read_record(write_record(datum, boxes), DatumReader())
    assert read.datum.pixels.ravel().tolist() == list(range(6)) and read.datum.label == 4
    # Boxes of a class stand together, classes in the order of their first box.
    np.testing.assert_array_equal(read.boxes, boxes[[0, 2, 1]])


def test_a_record_without_type_has_no_boxes() -> None:
    message = pb.AnnotatedDatum(datum=pb.Datum(channels=1, height=1, width=1, data=b"x", label=2))
    assert read_record(message.SerializeToString(), DatumReader()).boxes is None


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (encode_datum(np.zeros((1, 2, 2), np.uint8), 1), "holds no datum: .*type Data"),
        (b"\xff\xff", "is no AnnotatedDatum"),
        (write_record(pb.Datum(channels=1, height=2, width=2), no_boxes()), "0 values"),
        (
            write_record(
                pb.Datum(channels=1, height=1, width=1, data=b"x"),
                np.array([BOX, [3, 2, 0.2, float("nan"), 1, 1, 0]], np.float32),
            ),
            "box number 1 is not finite: 0.2, nan",
        ),
        (
            pb.AnnotatedDatum(
                datum=pb.Datum(channels=1, height=1, width=1, data=b"x"),
                type=pb.AnnotatedDatum.LANE,
            ).SerializeToString(),
            "type LANE",
        ),
    ],
)
def test_bad_records(record: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_record(record, DatumReader())


def test_boxes_seen_from_a_frame() -> None:
    frame = np.array([0.25, 0.5, 0.75, 1.0], np.float32)
    boxes = rows([0.25, 0.5, 0.5, 0.75], [0, 0, 1, 1], [0, 0, 0.25, 1], [0.5, 0.8, 0.5, 0.9])
    moved = seen_from(boxes, frame)
    # The third only touches the frame and the fourth has no width: both are dropped.
    np.testing.assert_allclose(moved[:, 2:6], [[0, 0, 0.5, 0.5], [0, 0, 1, 1]])
    assert seen_from(no_boxes(), frame).shape == (0, 7)


@pytest.mark.parametrize(
    ("fields", "stay"),
    [
        ({"emit_type": "CENTER"}, [0, 1]),
        ({"emit_type": "MIN_OVERLAP", "emit_overlap": 0.5}, [0]),
        ({"emit_type": "MIN_OVERLAP", "emit_overlap": 0.24}, [0, 1]),
        ({"emit_type": "MIN_OVERLAP", "emit_overlap": 0.0}, [0, 1, 2]),
    ],
)
def test_what_a_constraint_lets_in(fields: dict, stay: list[int]) -> None:
    frame = np.array([0, 0, 0.5, 0.5], np.float32)
    boxes = rows([0, 0, 0.25, 0.25], [0.25, 0.25, 0.75, 0.75], [0.25, 0.25, 1, 1], [0.6, 0, 1, 0.2])
    got = emitted(boxes, frame, pb.EmitConstraint(**fields))
    np.testing.assert_array_equal(got, boxes[stay])


def test_mirrored_twice_is_the_same() -> None:
    boxes = rows([0.25, 0.1, 0.5, 0.2])
    np.testing.assert_allclose(mirrored(boxes)[0, 2:6], [0.5, 0.1, 0.75, 0.2], rtol=1e-6)
    np.testing.assert_allclose(mirrored(mirrored(boxes)), boxes)
