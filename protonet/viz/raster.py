"""Lines drawn with characters."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Bits of the eight dots of a Braille character, by row and column.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800


class Style(NamedTuple):
    """How curves look.  dots: columns and rows of each character; (1, 1): a mark for each curve.
    colours: numbers among a terminal's 256, none for plain text.  frame: the characters of the
    axes: upright, upright with a tick, corner, along, along with a tick."""

    dots: tuple[int, int]
    marks: str
    colours: tuple[int, ...]
    frame: str

    def painted(self, text: str, colour: int) -> str:
        if not self.colours:
            return text
        return f"\x1b[38;5;{self.colours[colour % len(self.colours)]}m{text}\x1b[0m"

    def mark(self, colour: int) -> str:
        """What a legend shows of a curve."""
        return self.painted(self.marks[colour % len(self.marks)], colour)


#: For pipes and files: ASCII, no escapes.
PLAIN = Style((1, 1), "*o+x#@%&", (), "|++-+")
#: For terminals; the colours can be read on black and on white.
BRAILLE = Style(
    (2, 4), "\u2501", (33, 167, 71, 172, 135, 37, 169, 101), "\u2502\u2524\u2514\u2500\u252c"
)


class Raster:
    """Characters in rows and columns; y goes up."""

    def __init__(self, columns: int, rows: int, style: Style) -> None:
        self.columns, self.rows, self.style = columns, rows, style
        across, up = style.dots
        self._dots = np.zeros((rows * up, columns * across), bool)
        self._colour = np.full((rows, columns), -1)

    def draw(self, places: NDArray, heights: NDArray, colour: int) -> None:
        """A line.  places (n,): columns of dots, ascending.  heights (n,): from 0 to 1."""
        rows = np.rint((1 - heights) * (len(self._dots) - 1)).astype(int)
        if len(places) == 1:
            thick = int(self.style.dots[1] > 1)  # one dot alone would not be seen
            self._dot(slice(max(0, rows[0] - thick), rows[0] + 1), int(places[0]), colour)
        for x0, x1, y0, y1 in zip(places, places[1:], rows, rows[1:]):
            steps = np.rint(np.linspace(y0, y1, x1 - x0 + 1)).astype(int)
            for x, (y, after) in enumerate(itertools.pairwise(steps), int(x0)):
                middle = (y + after) // 2  # the way up or down is shared by both columns
                self._dot(_span(y, middle), x, colour)
                self._dot(_span(middle if abs(after - y) > 1 else after, after), x + 1, colour)

    def _dot(self, rows: slice, x: int, colour: int) -> None:
        across, up = self.style.dots
        self._dots[rows, x] = True
        self._colour[rows.start // up : (rows.stop - 1) // up + 1, x // across] = colour

    def lines(self) -> list[str]:
        """The rows as text, without blanks at their ends."""
        return [self._line(i) for i in range(self.rows)]

    def _line(self, row: int) -> str:
        used = np.flatnonzero(self._colour[row] >= 0)
        text, before = "", 0
        for run in np.split(used, np.flatnonzero(_breaks(self._colour[row], used)) + 1):
            if len(run):
                colour = int(self._colour[row, run[0]])
                cells = "".join(self._character(row, int(x), colour) for x in run)
                text += " " * (int(run[0]) - before) + self.style.painted(cells, colour)
                before = int(run[-1]) + 1
        return text

    def _character(self, row: int, column: int, colour: int) -> str:
        across, up = self.style.dots
        if (across, up) == (1, 1):
            return self.style.marks[colour % len(self.style.marks)]
        dots = self._dots[row * up : (row + 1) * up, column * across : (column + 1) * across]
        return chr(_BLANK + int(np.sum(dots * _DOTS)))


def _span(first: int, last: int) -> slice:
    return slice(min(first, last), max(first, last) + 1)


def _breaks(colours: NDArray, used: NDArray) -> NDArray:
    """Whether something else stands between a used place and the next."""
    return (np.diff(used) > 1) | (np.diff(colours[used]) != 0)
