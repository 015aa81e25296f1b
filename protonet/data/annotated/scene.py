"""Scene: an image with the boxes of the objects in it, and AnnotatedDatum, its record.

Boxes are rows of `COLUMNS`, float32, sides in fractions of the image.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from ...errors import DataError
from ...kernels.boxes import areas, covered
from ...proto import caffe_pb2 as pb
from ..datum import Datum, DatumReader

#: Of a box: its class, which one of its class it is, its sides, whether it is hard to see.
COLUMNS = ("label", "instance", "xmin", "ymin", "xmax", "ymax", "difficult")
SIDES = slice(2, 6)
WHOLE = np.array([0, 0, 1, 1], np.float32)


class Scene(NamedTuple):
    """pixels (C, H, W), the boxes (G, 7); encoded: the record held a compressed image."""

    pixels: NDArray
    boxes: NDArray
    encoded: bool = False


class AnnotatedRecord(NamedTuple):
    """What an AnnotatedDatum holds; boxes None: it has no annotations but a plain label."""

    datum: Datum
    boxes: NDArray | None


def no_boxes() -> NDArray:
    """The boxes of an image without objects, (0, 7)."""
    return np.zeros((0, len(COLUMNS)), np.float32)


def is_annotated(record: bytes) -> bool:
    """Is it an AnnotatedDatum rather than a Datum?  Its field 1 is a message, not a number."""
    return record[:1] == b"\x0a"


def read_record(record: bytes, reader: DatumReader) -> AnnotatedRecord:
    """What a record holds; DataError if it is no AnnotatedDatum of boxes."""
    message = pb.AnnotatedDatum()
    try:
        message.ParseFromString(record)
    except DecodeError:
        raise DataError("the record is no AnnotatedDatum") from None
    if not message.HasField("datum"):
        raise DataError(
            "the record is no AnnotatedDatum: it holds no datum",
            "make the store with 'protonet convert-annoset', or read it with a layer of type Data",
        )
    datum = reader.read(message.datum.SerializeToString())
    if not message.HasField("type"):
        return AnnotatedRecord(datum, None)
    if message.type != pb.AnnotatedDatum.BBOX:
        kind = pb.AnnotatedDatum.AnnotationType.Name(message.type)
        raise DataError(f"its annotations are of the type {kind}", "boxes (BBOX) can be read")
    return AnnotatedRecord(datum, boxes_of(message.annotation_group))


def boxes_of(groups: Iterable[Any]) -> NDArray:
    """The boxes of AnnotationGroups, in their order: (G, 7)."""
    rows = [
        (group.group_label, one.instance_id, b.xmin, b.ymin, b.xmax, b.ymax, b.difficult)
        for group in groups
        for one in group.annotation
        for b in (one.bbox,)
    ]
    boxes = np.array(rows, np.float32).reshape(-1, len(COLUMNS))
    bad = np.flatnonzero(~np.isfinite(boxes).all(axis=1))
    if bad.size:
        sides = ", ".join(f"{side:g}" for side in boxes[bad[0], SIDES])
        raise DataError(f"its box number {bad[0]} is not finite: {sides}", "correct the record")
    return boxes


def write_record(datum: Any, boxes: NDArray) -> bytes:
    """The AnnotatedDatum of a pb.Datum and boxes (G, 7), those of one label in one group."""
    message = pb.AnnotatedDatum(datum=datum, type=pb.AnnotatedDatum.BBOX)
    for label in dict.fromkeys(boxes[:, 0].tolist()):
        group = message.annotation_group.add(group_label=int(label))
        for _, instance, x1, y1, x2, y2, difficult in boxes[boxes[:, 0] == label].tolist():
            box = pb.NormalizedBBox(xmin=x1, ymin=y1, xmax=x2, ymax=y2, difficult=bool(difficult))
            group.annotation.add(instance_id=int(instance), bbox=box)
    return bytes(message.SerializeToString())


# -- what happens to boxes when their image is changed ---------------------------------------


def seen_from(boxes: NDArray, frame: NDArray) -> NDArray:
    """The boxes in fractions of `frame` (4), which is one in fractions of the image: moved,
    clipped, and dropped where nothing is left."""
    moved = boxes.copy()
    low, size = frame[:2], frame[2:] - frame[:2]
    sides = moved[:, SIDES].reshape(-1, 2, 2)
    sides -= low
    sides /= size
    np.clip(sides, 0, 1, out=sides)
    return moved[areas(moved[:, SIDES]) > 0]


def emitted(boxes: NDArray, frame: NDArray, constraint: Any) -> NDArray:
    """The boxes that an EmitConstraint lets into the frame (4).

    CENTER: those with their centre inside, border included.  MIN_OVERLAP: those of which more
    than the fraction emit_overlap is covered.
    """
    sides = boxes[:, SIDES]
    if constraint.emit_type == pb.EmitConstraint.CENTER:
        centres = (sides[:, :2] + sides[:, 2:]) / 2
        return boxes[((centres >= frame[:2]) & (centres <= frame[2:])).all(axis=1)]
    return boxes[covered(sides, frame[None])[:, 0] > np.float32(constraint.emit_overlap)]


def mirrored(boxes: NDArray) -> NDArray:
    """Left becomes right: x -> 1 - x."""
    turned = boxes.copy()
    turned[:, 2], turned[:, 4] = 1 - boxes[:, 4], 1 - boxes[:, 2]
    return turned
