"""Lists of images with their labels: Caffe's text lists, and CSV files."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ...errors import DataError, did_you_mean
from ..image_list import INT32, is_number

_WRITE = "write: name of the image, space, label"
_SEVERAL = "a Datum holds one whole number: for other labels see --labels-db and --backend hdf5"


class Entry(NamedTuple):
    """An image file, its label or labels, and the line that names them."""

    name: str
    labels: tuple[float, ...]
    line: int


def read_list(path: Path, count: int = 1, whole: bool = True) -> list[Entry]:
    """The entries of a text list: a name, then `count` labels, apart by white space.

    Names may contain spaces.  whole: labels are whole numbers that fit into a Datum.
    DataError with file and line if something is wrong.
    """
    entries = []
    for line, text in enumerate(_lines(path), 1):
        words = text.rsplit(None, count)
        if not words:
            continue
        if len(words) <= count:
            raise DataError(
                f"a name and {_labels(count)} are wanted, here is '{text.strip()}'",
                _WRITE if not {",", ";"} & {*text} else f"{_WRITE}; or name a CSV file .csv",
                file=str(path),
                line=line,
            )
        entries.append(Entry(words[0].strip(), _numbers(words[1:], whole, path, line), line))
    return _filled(entries, path)


def read_csv(path: Path, columns: Sequence[str] = (), whole: bool = True) -> list[Entry]:
    """The entries of a CSV file whose first line has the names of the columns.

    The first column names the image; `columns` those of the labels, all others by default.
    """
    rows = csv.reader(_lines(path))
    try:
        head = [name.strip() for name in next(rows, [])]
        picks = _columns(head, columns, path)
        entries = []
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(head):
                raise DataError(
                    f"{len(row)} columns, the first line has {len(head)}",
                    "put names with a comma in quotes",
                    file=str(path),
                    line=rows.line_num,
                )
            labels = _numbers([row[i] for i in picks], whole, path, rows.line_num)
            entries.append(Entry(row[0].strip(), labels, rows.line_num))
    except csv.Error as error:
        raise DataError(f"no CSV: {error}", file=str(path), line=rows.line_num) from error
    return _filled(entries, path)


def _columns(head: list[str], wanted: Sequence[str], path: Path) -> list[int]:
    """Which columns hold labels."""
    if len(head) < 2:
        raise DataError(
            "a CSV wants at least two columns", "image, label, ...", file=str(path), line=1
        )
    if is_number(head[1]):
        raise DataError(
            "the first line has no names of columns",
            "add a line such as: image,label",
            file=str(path),
            line=1,
        )
    for name in wanted:
        if name not in head[1:]:
            raise DataError(
                f"there is no column of labels '{name}'",
                did_you_mean(name, head[1:]) or f"there are {', '.join(head[1:])}",
                file=str(path),
                line=1,
            )
    return [head.index(name, 1) for name in wanted] or list(range(1, len(head)))


def _numbers(words: Iterable[str], whole: bool, path: Path, line: int) -> tuple[float, ...]:
    values = []
    for word in words:
        word = word.strip()
        try:
            values.append(int(word) if whole else float(word))
        except ValueError:
            number = whole and is_number(word)
            raise DataError(
                f"the label '{word}' is no {'whole ' if whole else ''}number",
                _SEVERAL if number else f"{_WRITE}; classes are numbers, from 0 on",
                file=str(path),
                line=line,
            ) from None
        if not math.isfinite(values[-1]) or (whole and values[-1] not in INT32):
            raise DataError(f"the label {word} is out of range", file=str(path), line=line)
    if whole and len(values) > 1:
        raise DataError(f"{len(values)} labels", _SEVERAL, file=str(path), line=line)
    return tuple(values)


def _labels(count: int) -> str:
    return "a label" if count == 1 else f"{count} labels"


def _filled(entries: list[Entry], path: Path) -> list[Entry]:
    for entry in entries:
        if not entry.name:
            raise DataError("there is no name of an image", file=str(path), line=entry.line)
    if not entries:
        raise DataError(f"the list '{path}' is empty")
    return entries


def _lines(path: Path) -> list[str]:
    # Names of files may be of any encoding; spreadsheets begin their files with a mark.
    try:
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "the arguments are ROOT LIST DB" if path.is_dir() else ""
        raise DataError(f"cannot read the list '{path}': {reason}", hint) from error
    if "\0" in text:
        raise DataError(f"'{path}' is no list but a binary file")
    return text.split("\n")
