"""An image as a PNG file, or as text: to look at a record without any other program."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SHADES = " .:-=+*#%@"
_BELOW = "▀"  # the upper half of a cell in one colour, the lower half in the other


def to_rgb(pixels: NDArray, rgb: bool = False) -> NDArray:
    """Pixels (C, H, W) as a picture (H, W, 3) of bytes.

    Three channels are blue, green, red, as Caffe's tools store them, or with `rgb` the other
    way round; any other number of channels becomes as many grey pictures side by side.
    Values that are no bytes are stretched from their least to their greatest.
    """
    if pixels.dtype != np.uint8:
        values = np.nan_to_num(pixels.astype(np.float64))
        low, span = values.min(), np.ptp(values)
        pixels = np.rint((values - low) * (255 / span if span else 0)).astype(np.uint8)
    if len(pixels) == 3:
        return (pixels if rgb else pixels[::-1]).transpose(1, 2, 0)
    row = np.concatenate(list(pixels), axis=1)
    return np.repeat(row[:, :, None], 3, axis=2)


def png(picture: NDArray) -> bytes:
    """The PNG file of a picture (H, W, 3)."""
    height, width, _ = picture.shape
    lines = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = picture.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def text_blocks(picture: NDArray, columns: int) -> str:
    """In colours, for a terminal: two pixels a character, at most `columns` wide."""
    small = _shrunk(picture, columns)
    if len(small) % 2:
        small = np.concatenate([small, np.zeros_like(small[:1])])
    lines = []
    for upper, lower in zip(small[::2], small[1::2]):
        cells = (
            "\x1b[38;2;{};{};{};48;2;{};{};{}m{}".format(*above, *below, _BELOW)
            for above, below in zip(upper.tolist(), lower.tolist())
        )
        lines.append("".join(cells) + "\x1b[0m")
    return "\n".join(lines)


def text_shades(picture: NDArray, columns: int) -> str:
    """In plain characters, the brighter the denser, at most `columns` wide."""
    small = _shrunk(picture, columns)[::2]  # a character is twice as high as wide
    levels = small.mean(axis=2) * (len(_SHADES) / 256)
    return "\n".join("".join(_SHADES[int(v)] for v in row).rstrip() for row in levels)


def _shrunk(picture: NDArray, columns: int) -> NDArray:
    """Every n-th pixel, so that the width fits."""
    step = -(-picture.shape[1] // max(columns, 1))
    return picture[::step, ::step]
