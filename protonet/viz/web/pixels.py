"""Arrays as pictures for the page: PNG in an address of its own."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Colours of the smallest, of zero, of the largest: ColorBrewer's RdBu (C. Brewer, Apache 2.0).
_SIGNED = np.array([[33, 102, 172], [247, 247, 247], [178, 24, 43]], float)
_MOST = 256  # rows and columns of a matrix that is shown value by value
_GAP = 1


class Shown(NamedTuple):
    """A picture, with a line that tells what it shows, and its size in pixels."""

    address: str
    words: str
    width: int
    height: int


def png(pixels: NDArray) -> bytes:
    """uint8 (H, W), (H, W, 3) or (H, W, 4): grey, red-green-blue, the same with opacity."""
    height, width = pixels.shape[:2]
    kind = {1: 0, 3: 2, 4: 6}[1 if pixels.ndim == 2 else pixels.shape[2]]
    rows = np.ascontiguousarray(pixels).reshape(height, -1)
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows])
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    content = zlib.compress(lines.tobytes(), 6)
    parts = ((b"IHDR", header), (b"IDAT", content), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def address(pixels: NDArray) -> str:
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def shown(pixels: NDArray, words: str) -> Shown:
    return Shown(address(pixels), words, pixels.shape[1], pixels.shape[0])


def signed(values: NDArray) -> NDArray:
    """Values as colours: blue below zero, white at it, red above; the scale is that of the largest
    absolute value.  What is not finite is black."""
    finite = np.isfinite(values)
    clean = np.where(finite, values, 0)
    scale = float(np.abs(clean).max(initial=0)) or 1.0
    at = clean / scale + 1  # 0 to 2
    low = np.minimum(at.astype(int), 1)
    part = (at - low)[..., np.newaxis]
    colours = _SIGNED[low] * (1 - part) + _SIGNED[low + 1] * part
    return np.where(finite[..., np.newaxis], colours, 0).round().astype(np.uint8)


def grey(values: NDArray) -> NDArray:
    """From black, the smallest, to white; what is not finite is black."""
    clean = np.where(np.isfinite(values), values, np.nan)
    if np.isnan(clean).all():
        return np.zeros(values.shape, np.uint8)
    low, high = float(np.nanmin(clean)), float(np.nanmax(clean))
    scaled = (np.nan_to_num(clean, nan=low) - low) / ((high - low) or 1.0)
    return (255 * scaled).round().astype(np.uint8)


def tiled(stack: NDArray, columns: int, ground: int = 64) -> NDArray:
    """(N, h, w) or (N, h, w, 3) in rows of so many, with a gap between them."""
    count, height, width, *rest = stack.shape
    rows = -(-count // columns)
    canvas = np.full(
        (rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, *rest), ground, np.uint8
    )
    for i, tile in enumerate(stack):
        y, x = (i // columns) * (height + _GAP), (i % columns) * (width + _GAP)
        canvas[y : y + height, x : x + width] = tile
    return canvas


def filters(weights: NDArray) -> Shown | None:
    """The weights of a layer as a picture; None for those that are a list of numbers.

    (O, 3, h, w): each filter in colours.  (O, I, h, w): a row for each output, a column for each
    input.  (O, I): a cell for each.
    """
    if weights.ndim == 4 and weights.shape[1] == 3 and weights.shape[2] > 1:
        return _coloured(weights)
    if weights.ndim == 4 and weights.shape[2] * weights.shape[3] > 1:
        return _grid(weights)
    matrix = weights.reshape(weights.shape[0], -1) if weights.ndim > 1 else weights[np.newaxis]
    if min(matrix.shape) < 2:
        return None
    words = f"{matrix.shape[0]} outputs down, {matrix.shape[1]} inputs across"
    blocks = tuple(-(-n // _MOST) for n in matrix.shape)
    if max(blocks) > 1:
        words += f"; a point is the mean of {blocks[0]} x {blocks[1]}"
    return shown(signed(_shrunk(matrix, blocks)), words)


def _coloured(weights: NDArray) -> Shown:
    """Blue, green, red as Caffe has them; grey is zero."""
    clean = np.nan_to_num(weights[:, ::-1], posinf=0, neginf=0)
    scale = np.abs(clean).max(axis=(1, 2, 3), keepdims=True)
    pixels = 127.5 + 127.5 * clean / np.where(scale == 0, 1, scale)
    stack = pixels.transpose(0, 2, 3, 1).round().astype(np.uint8)
    columns = max(1, round(len(stack) ** 0.5 * 1.4))
    words = f"{len(stack)} filters of {_size(weights)}, each to its own scale; grey is zero"
    return shown(tiled(stack, columns), words)


def _grid(weights: NDArray) -> Shown:
    outputs, inputs = weights.shape[:2]
    if inputs == 1:
        stack = signed(weights[:_MOST, 0])
        columns = max(1, round(len(stack) ** 0.5 * 1.4))
        words = f"{_of(len(stack), outputs)} filters of {_size(weights)}"
        return shown(tiled(stack, columns), f"{words}; {_KEY}")
    part = weights[:32, :32]
    stack = signed(part).reshape(-1, *weights.shape[2:], 3)
    words = f"{_of(len(part), outputs)} outputs down, {_of(part.shape[1], inputs)} inputs across"
    return shown(tiled(stack, part.shape[1]), f"{words}, windows of {_size(weights)}; {_KEY}")


_KEY = "red is above zero, blue below"


def _size(weights: NDArray) -> str:
    return "x".join(map(str, weights.shape[2:]))


def _of(part: int, whole: int) -> str:
    return str(whole) if part == whole else f"{part} of {whole}"


def _shrunk(matrix: NDArray, blocks: Sequence[int]) -> NDArray:
    """Means of blocks; what remains at the ends is a smaller block."""
    for axis, size in enumerate(blocks):
        if size > 1:
            at = np.arange(0, matrix.shape[axis], size)
            sums = np.add.reduceat(matrix, at, axis=axis, dtype=float)
            counts = np.diff([*at, matrix.shape[axis]])
            matrix = sums / (counts[:, np.newaxis] if axis == 0 else counts)
    return matrix


def maps(values: NDArray, most: int = 64) -> Shown | None:
    """Activations (C, h, w) as pictures of the first channels; None for what has no planes."""
    if values.ndim != 3 or values.shape[1] * values.shape[2] < 2:
        return None
    chosen = values[:most]
    step = max(1, -(-max(values.shape[1:]) // 96))
    stack = np.stack([grey(plane[::step, ::step]) for plane in chosen])
    columns = max(1, round((len(stack) * stack.shape[1] / stack.shape[2]) ** 0.5 * 1.2))
    words = f"{_of(len(chosen), len(values))} channels of {_size(values[np.newaxis])}"
    if step > 1:
        words += f", every {step}th value"
    return shown(tiled(stack, columns), f"{words}, each to its own scale")
