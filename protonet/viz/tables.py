"""Tables as text fitted to a width, as CSV and as Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_BETWEEN = 2  # blanks from one column to the next


@dataclass
class Table:
    """heads: of the columns, one line of text or two.  left: how many columns, from the first,
    stand to the left; numbers follow.  least: columns whose words may be shortened in their
    middle, with the letters that remain.  body: the rows.  total: the last row, or none.
    """

    heads: Sequence[str]
    left: int
    least: Mapping[int, int] = field(default_factory=dict)
    body: list[Sequence[str]] = field(default_factory=list)
    total: Sequence[str] | None = None

    @property
    def rows(self) -> list[Sequence[str]]:
        return [*self.body, *([self.total] if self.total else [])]

    @property
    def widths(self) -> list[int]:
        """Letters of the widest cell of each column."""
        lines = [*(line for line in self._head_lines()), *self.rows]
        return [max(len(row[i]) for row in lines) for i in range(len(self.heads))]

    @property
    def width(self) -> int:
        return sum(self.widths) + _BETWEEN * (len(self.heads) - 1)

    def _head_lines(self) -> list[list[str]]:
        split = [head.split("\n") for head in self.heads]
        count = max(map(len, split))
        return [[words[i] if i < len(words) else "" for words in split] for i in range(count)]

    def lines(self, width: int | None = None) -> list[str]:
        """The table between rules; in `width` columns if its shortest words allow it."""
        widths = self._fitted(width)
        heads, body = (
            [self._line(row, widths) for row in x] for x in (self._head_lines(), self.rows)
        )
        rule = "-" * max(map(len, [*heads, *body]))
        body.insert(len(self.body), rule)
        return [rule, *heads, rule, *body]

    def _fitted(self, width: int | None) -> list[int]:
        """Widths of the columns, the widest of those that may be shortened cut first."""
        widths = self.widths
        excess = 0 if width is None else self.width - width
        while excess > 0:
            wide = [i for i, least in self.least.items() if widths[i] > least]
            if not wide:
                break
            widths[max(wide, key=lambda i: widths[i])] -= 1
            excess -= 1
        return widths

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        cells = [
            shortened(cell, w).ljust(w) if i < self.left else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths))
        ]
        return (" " * _BETWEEN).join(cells).rstrip()

    def markdown(self) -> str:
        """A table of GitHub's Markdown."""
        rule = [":--" if i < self.left else "--:" for i in range(len(self.heads))]
        heads = [head.replace("\n", " ") for head in self.heads]
        return "\n".join(
            f"| {' | '.join(cell.strip().replace('|', chr(92) + '|') for cell in row)} |"
            for row in [heads, rule, *self.rows]
        )


def shortened(text: str, width: int) -> str:
    """Words of at most `width` letters, the middle left out.

    >>> shortened("inception_3a/relu_3x3_reduce", 15)
    'incepti…_reduce'
    """
    if len(text) <= width:
        return text
    back = (width - 1) // 2
    return f"{text[: width - 1 - back]}…{text[len(text) - back :]}"


def to_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows with the same keys, which are the first line; lists are joined by blanks."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = {k: " ".join(map(str, v)) if isinstance(v, list) else v for k, v in row.items()}
        writer.writerow(cells)
    return text.getvalue().rstrip("\n")


def human_bytes(count: float) -> str:
    """1536 -> '1.5 KiB'."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1024
    return f"{count:.1f} GiB"


def human_count(count: float) -> str:
    """724406816 -> '724.41 M'; below ten thousand each one counts: '9,999'."""
    if count < 10_000:
        return f"{count:,.0f}"
    for unit in ("k", "M", "G", "T"):
        count /= 1000
        if count < 999.995 or unit == "T":
            break
    return f"{count:,.2f} {unit}"


def percent(part: float, whole: float) -> str:
    """In a hundred, one decimal; nothing for nothing."""
    return f"{100 * part / whole:.1f}" if part and whole else ""


def shape_text(shape: tuple[int, ...] | None) -> str:
    """(2, 3) -> '2x3'; '?' for one that is not known."""
    return "?" if shape is None else "x".join(map(str, shape)) or "scalar"
