"""Arrays as text: small planes of numbers beside each other, in a given width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

WIDTH = 78
_INDENT, _BETWEEN = 2, 4
#: Rows and columns of a plane that are shown; what lies behind is told.
_MOST = 8
_ROUNDING = 1e-13


def number(value: float) -> str:
    """Four digits at most; what is only rounding is 0.

    >>> number(1 / 3), number(-12.0), number(1e-16)
    ('0.3333', '-12', '0')
    """
    return "0" if abs(value) < _ROUNDING else f"{value:.4g}"


def shown(arrays: Mapping[str, NDArray]) -> list[str]:
    """Lines with all arrays, each under its name and shape, beside each other where they fit."""
    blocks = [_block(name, values) for name, values in arrays.items()]
    return [" " * bool(line) * _INDENT + line for line in _flow(blocks, WIDTH - _INDENT)]


def _block(name: str, values: NDArray) -> list[str]:
    """An array with its planes beside each other; axes of length 1 at the end are left out."""
    title = f"{name}  {'x'.join(map(str, values.shape)) or 'one number'}"
    if not values.size:
        return [title, "(empty)"]
    core = values
    while core.ndim > 2 and core.shape[-1] == 1:
        core = core[..., 0]
    if core.ndim <= 2 or core[..., 0, 0].size == 1:
        return [title, *_plane(core.reshape(core.shape[-2:]))]
    planes = [
        [f"[{', '.join(map(str, index))}]", *_plane(core[index])]
        for index in np.ndindex(*core.shape[:-2])
    ]
    if len(planes) > _MOST:
        planes[_MOST:] = [[f"... {len(planes) - _MOST} more"]]
    return [title, *_flow(planes, WIDTH - _INDENT)[:-1]]


def _plane(values: NDArray) -> list[str]:
    table = np.atleast_2d(values)
    cells = [[number(float(v)) for v in row[:_MOST]] for row in table[:_MOST]]
    width = max(len(cell) for row in cells for cell in row)
    more = " ..." if table.shape[1] > _MOST else ""
    lines = [" ".join(cell.rjust(width) for cell in row) + more for row in cells]
    return lines + ["..."] * (len(table) > _MOST)


def _flow(blocks: Sequence[list[str]], width: int) -> list[str]:
    """Blocks beside each other as many as fit, an empty line behind each row of them."""
    rows: list[list[list[str]]] = [[]]
    for block in blocks:
        if rows[-1] and sum(_width(b) + _BETWEEN for b in [*rows[-1], block]) - _BETWEEN > width:
            rows.append([])
        rows[-1].append(block)
    return [line for row in rows if row for line in [*_beside(row), ""]]


def _beside(row: Sequence[list[str]]) -> Iterator[str]:
    for i in range(max(map(len, row))):
        cells = [(block[i] if i < len(block) else "").ljust(_width(block)) for block in row]
        yield (" " * _BETWEEN).join(cells).rstrip()


def _width(block: Sequence[str]) -> int:
    return max(map(len, block))


def wrapped(text: str, indent: int = _INDENT) -> list[str]:
    """A long line broken at blanks, the rest farther in."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )
