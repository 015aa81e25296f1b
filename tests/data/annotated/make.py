"""Scenes to test with: a bright rectangle on a dark ground, which is its own box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protonet.data.annotated.scene import Scene, write_record
from protonet.data.images import encode_image
from protonet.data.sources import create_store
from protonet.proto import caffe_pb2 as pb


def painted(height: int, width: int, box: tuple[float, ...], encoded: bool = False) -> Scene:
    """box: sides in fractions, on whole pixels."""
    pixels = np.full((3, height, width), 20, np.uint8)
    x1, y1, x2, y2 = np.rint(np.array(box) * [width, height, width, height]).astype(int)
    pixels[:, y1:y2, x1:x2] = 220
    return Scene(pixels, np.array([[7, 1, *box, 0]], np.float32), encoded)


def found(pixels: NDArray, level: float = 120) -> NDArray:
    """Where the bright rectangle lies in an image (C, H, W): a box in fractions."""
    _, height, width = pixels.shape
    rows, columns = np.nonzero(pixels[0] > level)
    ends = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return np.array(ends) / [width, height, width, height]


def record(scene: Scene, kind: str = "") -> bytes:
    """kind: of the image file inside, "" for raw pixels."""
    c, h, w = scene.pixels.shape
    content = encode_image(scene.pixels.transpose(1, 2, 0), kind) if kind else scene.pixels
    datum = pb.Datum(channels=c, height=h, width=w, data=content.tobytes(), encoded=bool(kind))
    return write_record(datum, scene.boxes)


def store(path: Path, records: list[bytes]) -> Path:
    with create_store(path, "LMDB", force=True) as writer:
        for i, one in enumerate(records):
            writer.put(b"%08d" % i, one)
    return path


def transform(**fields: Any) -> pb.TransformationParameter:
    return pb.TransformationParameter(**fields)
