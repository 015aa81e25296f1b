"""Sizes of pictures by their headers, against what OpenCV wrote and reads."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet import budget
from protonet.cli.main import main
from protonet.data.images import decode_image, read_image
from protonet.data.picture_size import picture_size
from protonet.errors import DataError
from protonet.pycaffe.images import read

HEIGHT, WIDTH = 70, 300  # more than a byte holds, or less
KINDS = ["png", "jpg", "bmp", "gif", "tiff", "webp", "ppm", "pgm", "pbm", "pam", "ras"]
KINDS += ["hdr", "jp2"]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = budget.set_budget()
    yield
    budget.set_budget(*before)


def picture(kind: str) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    values: np.ndarray = pixels[..., 0] if kind in ("pgm", "pbm") else pixels
    values = values.astype(np.float32) if kind == "hdr" else values
    done, content = cv2.imencode(f".{kind}", values)
    assert done
    return content.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_size_by_the_header(kind: str) -> None:
    content = picture(kind)
    assert picture_size(content) == (WIDTH, HEIGHT)
    assert picture_size(memoryview(content)) == (WIDTH, HEIGHT)
    for stop in range(min(len(content), 200)):  # cut short anywhere: a size or none, no error
        assert picture_size(content[:stop]) in (None, (WIDTH, HEIGHT), (0, 0))


def test_other_headers() -> None:
    lossless = cv2.imencode(".webp", np.zeros((7, 9, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 101])
    assert picture_size(lossless[1].tobytes()) == (9, 7)
    extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\x2b\x01\0" + b"\x04\0\0"
    assert picture_size(extended) == (300, 5)
    old = b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 300, 5, 1, 24)
    assert picture_size(old) == (300, 5)
    big = b"MM\0+\0\x08\0\0" + struct.pack(">QQ", 16, 2)
    big += struct.pack(">HHQHxxxxxx", 256, 3, 1, 300) + struct.pack(">HHQIxxxx", 257, 4, 1, 5)
    assert picture_size(big) == (300, 5)
    upside_down = bytearray(picture("bmp"))
    upside_down[22:26] = struct.pack("<i", -HEIGHT)
    assert picture_size(bytes(upside_down)) == (WIDTH, HEIGHT)
    assert picture_size(b"P5 # made by hand\n300 # wide\n 5 255\n") == (300, 5)
    jpeg = picture("jpg")
    assert picture_size(jpeg[:20] + b"dirt\xff\xff" + jpeg[20:]) == (WIDTH, HEIGHT)
    assert picture_size(b"") is picture_size(b"some text") is None


def bomb(side: int) -> bytes:
    """A PNG of black pixels, a thousandth of their size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress(bytes((side + 1) * side), 9)
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bomb(200)
    path = tmp_path / "bomb.png"
    path.write_bytes(content)
    assert read_image(path).shape == (200, 200, 3)
    budget.set_budget(pixels=200 * 200 - 1)
    monkeypatch.setattr(cv2, "imdecode", None)
    for attempt in (
        lambda: read_image(path),
        lambda: decode_image(np.frombuffer(content, np.uint8)),
        lambda: read(path),
    ):
        with pytest.raises(DataError, match=r"of 200 x 200 pixels is more.*--max-pixels"):
            attempt()


def test_what_opencv_refuses_by_an_exception_is_an_error_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    huge = bytearray(picture("png"))
    huge[16:24] = struct.pack(">II", 60_000, 60_000)
    huge[29:33] = struct.pack(">I", zlib.crc32(huge[12:29]))
    Path("huge.png").write_bytes(huge)
    Path("good.png").write_bytes(picture("png"))
    Path("zero.txt").write_bytes(b"a\0b.png 0\n")
    Path("list.txt").write_text("good.png 0\nhuge.png 1\n")
    budget.set_budget(pixels=10**11)
    assert decoded_or_none(bytes(huge)) is None
    net = (
        'layer { name: "d" type: "ImageData" top: "x" top: "y" '
        'image_data_param { source: "%s" batch_size: 2 } }'
    )
    for name, place in (("zero.txt", "zero.txt:1"), ("list.txt", "list.txt:2")):
        Path("net.prototxt").write_text(net % name)
        assert main(["time", "net.prototxt", "--iterations", "1"]) == 4
        assert place in (said := capsys.readouterr().err) and "Traceback" not in said, said
    assert main(["convert-imageset", "./", "list.txt", "out", "--skip-bad"]) == 0


def decoded_or_none(content: bytes) -> object:
    try:
        return decode_image(np.frombuffer(content, np.uint8))
    except DataError:
        return None
