"""How large a picture is, by the first bytes of its file: before anything is decoded.

Each format that OpenCV decodes says it in a header.  The readers below follow the formats' own
specifications: PNG (ISO/IEC 15948), JPEG (ITU-T T.81 B.2.2), BMP and GIF, TIFF 6.0 and BigTIFF,
WebP's container, portable maps, Sun rasters, Radiance, JPEG 2000 (ISO/IEC 15444-1 I.5.3).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

Size = tuple[int, int]

_NETPBM = re.compile(rb"P[1-6fF](?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s")
_PAM = re.compile(rb"^(WIDTH|HEIGHT)\s+(\d+)\s", re.MULTILINE)
_RADIANCE = re.compile(rb"^[-+][XY] (\d+) [-+][XY] (\d+)\n", re.MULTILINE)
_TIFF_VALUES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257


def picture_size(content: bytes | memoryview) -> Size | None:
    """(width, height) as the header of an image file says; None if it is of no known format, or
    cut short, and cannot be decoded either."""
    head = bytes(content[:16])
    for magic, read in _FORMATS:
        if magic.match(head):
            try:
                return read(content)
            except (struct.error, ValueError, LookupError):
                return None
    return None


def _png(content: bytes | memoryview) -> Size:
    return struct.unpack_from(">II", content, 16)


def _jpeg(content: bytes | memoryview) -> Size | None:
    """The largest of the frames' headers, in whatever order the segments come."""
    at, sizes = 2, []
    while at + 4 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF or marker in (0, 0xFF):  # fill bytes, or dirt, which decoders skip
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # alone, without a length
            at += 2
        elif marker in (0xD9, 0xDA):  # the end, or the pixels
            break
        else:
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack_from(">HH", content, at + 5)
                sizes.append((width, height))
            at += 2 + max(struct.unpack_from(">H", content, at + 2)[0], 2)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _bmp(content: bytes | memoryview) -> Size:
    if struct.unpack_from("<I", content, 14)[0] == 12:  # OS/2's
        return struct.unpack_from("<HH", content, 18)
    width, height = struct.unpack_from("<ii", content, 18)
    return abs(width), abs(height)  # below 0: from the top down


def _gif(content: bytes | memoryview) -> Size:
    return struct.unpack_from("<HH", content, 6)


def _tiff(content: bytes | memoryview) -> Size:
    order = "<" if content[0] == ord("I") else ">"
    big = struct.unpack_from(f"{order}H", content, 2)[0] == 43
    (at,) = struct.unpack_from(f"{order}{'Q' if big else 'I'}", content, 8 if big else 4)
    (entries,) = struct.unpack_from(f"{order}{'Q' if big else 'H'}", content, at)
    at, step, value = (at + 8, 20, 12) if big else (at + 2, 12, 8)
    found: dict[int, int] = {}
    for index in range(min(entries, 1 << 16)):
        tag, kind = struct.unpack_from(f"{order}HH", content, at + index * step)
        if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
            form = order + _TIFF_VALUES[kind]
            found[tag] = struct.unpack_from(form, content, at + index * step + value)[0]
    return found[_TIFF_WIDTH], found[_TIFF_HEIGHT]


def _webp(content: bytes | memoryview) -> Size:
    kind = bytes(content[12:16])
    if kind == b"VP8X":
        low, high = bytes(content[24:27]), bytes(content[27:30])
        return int.from_bytes(low, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _netpbm(content: bytes | memoryview) -> Size | None:
    match = _NETPBM.match(bytes(content[:4096]))
    return (int(match[1]), int(match[2])) if match else None


def _pam(content: bytes | memoryview) -> Size:
    found = dict(_PAM.findall(bytes(content[:4096])))
    return int(found[b"WIDTH"]), int(found[b"HEIGHT"])


def _sun(content: bytes | memoryview) -> Size:
    return struct.unpack_from(">II", content, 4)


def _radiance(content: bytes | memoryview) -> Size | None:
    match = _RADIANCE.search(bytes(content[:65536]))
    return (int(match[2]), int(match[1])) if match else None


def _jpeg2000(content: bytes | memoryview) -> Size:
    head = bytes(content[:4096])
    at = head.index(b"\xff\x4f\xff\x51") + 8  # the codestream's size segment, after Rsiz
    width, height, left, above = struct.unpack_from(">IIII", head, at)
    return width - left, height - above


_Reader = Callable[[bytes | memoryview], Size | None]
_FORMATS: tuple[tuple[re.Pattern[bytes], _Reader], ...] = tuple(
    (re.compile(pattern, re.DOTALL), read)
    for pattern, read in (
        (rb"\x89PNG\r\n\x1a\n", _png),
        (rb"\xff\xd8\xff", _jpeg),
        (rb"BM", _bmp),
        (rb"GIF8[79]a", _gif),
        (rb"II[*+]\0|MM\0[*+]", _tiff),
        (rb"RIFF....WEBP", _webp),
        (rb"P[1-6fF]\s", _netpbm),
        (rb"P7\s", _pam),
        (rb"\x59\xa6\x6a\x95", _sun),
        (rb"#\?R", _radiance),
        (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", _jpeg2000),
    )
)
