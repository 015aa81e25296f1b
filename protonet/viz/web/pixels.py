"""Arrays as pictures for the page: PNG in an address of its own."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..insight.pictures import grid, signed, unit

#: Colours of the smallest, of zero, of the largest: ColorBrewer's RdBu (C. Brewer, Apache 2.0).
_SIGNED = np.array([[33, 102, 172], [247, 247, 247], [178, 24, 43]], float)
_MOST = 256  # rows and columns of a matrix that is shown value by value
_GROUND = 90.0  # grey, of what is between pictures


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


def coloured(values: NDArray) -> NDArray:
    """Numbers from 0 to 1 as colours, from blue over white, 0.5, to red; NaN is grey."""
    at = np.nan_to_num(values, nan=0.5) * 2
    low = np.minimum(at.astype(int), 1)
    part = (at - low)[..., np.newaxis]
    colours = _SIGNED[low] * (1 - part) + _SIGNED[low + 1] * part
    return np.where(np.isnan(values)[..., np.newaxis], _GROUND, colours).round().astype(np.uint8)


def grey(values: NDArray) -> NDArray:
    """From black, the smallest, to white; what is not finite is as black."""
    finite = np.isfinite(values)
    low = values[finite].min(initial=0) if not finite.all() else 0
    return (255 * unit(np.where(finite, values, low))).round().astype(np.uint8)


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
    return shown(coloured(signed(_finite(_shrunk(matrix, blocks)))), words)


def _coloured(weights: NDArray) -> Shown:
    """Blue, green, red as Caffe has them; grey is zero."""
    clean = np.nan_to_num(weights[:, ::-1], posinf=0, neginf=0).transpose(0, 2, 3, 1)
    pictures = np.stack([signed(each) for each in clean])
    whole = grid(pictures, _columns(len(pictures)), fill=_GROUND / 255)
    words = f"{len(pictures)} filters of {_size(weights)}, each to its own scale; grey is zero"
    return shown((255 * whole).round().astype(np.uint8), words)


def _grid(weights: NDArray) -> Shown:
    outputs, inputs = weights.shape[:2]
    alone = inputs == 1
    part = weights[:_MOST] if alone else weights[:32, :32]
    pictures = signed(_finite(part)).reshape(-1, *weights.shape[2:])
    columns = _columns(len(part)) if alone else part.shape[1]
    words = (
        f"{_of(len(part), outputs)} filters of {_size(weights)}"
        if alone
        else f"{_of(len(part), outputs)} outputs down, {_of(part.shape[1], inputs)} inputs across, "
        f"windows of {_size(weights)}"
    )
    return shown(coloured(grid(pictures, columns, fill=np.nan)), f"{words}; {_KEY}")


def _finite(values: NDArray) -> NDArray:
    return np.nan_to_num(values, nan=0, posinf=0, neginf=0)


def _columns(count: int) -> int:
    return max(1, round(count**0.5 * 1.4))


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
    words = f"{_of(len(chosen), len(values))} channels of {_size(values[np.newaxis])}"
    if step > 1:
        words += f", every {step}th value"
    return shown(grid(stack, fill=_GROUND).astype(np.uint8), f"{words}, each to its own scale")
