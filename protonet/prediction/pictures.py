"""Pictures: files, folders, patterns, lists and the frames of videos, one after the other."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from ..data.images import opencv, read_image
from ..errors import DataError

IMAGES = {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".ppm", ".pgm", ".pnm", ".tif", ".tiff", ".webp"}
VIDEOS = {".mp4", ".avi", ".mkv", ".mov", ".webm", ".mpg", ".mpeg", ".m4v", ".wmv"}


class Picture(NamedTuple):
    """A picture to be read.  truth: the word that a list or a folder's name has for its class;
    read: gives it, (H, W, 3) or, for True, grey (H, W); DataError if it cannot be read."""

    name: str
    read: Callable[[bool], NDArray]
    truth: str | None = None


def pictures(sources: Iterable[Any], stdin: TextIO | None = None) -> Iterator[Picture]:
    """What sources name, in their order; nothing is read before its turn.

    A file; a folder, with all below it, in the order of their names, where the first folder
    below is the name of a class; a pattern with *, ? or []; a .txt with a picture a line, a
    class behind it or not, `-` for such a list on `stdin`; a video; or an array.
    DataError for a folder or a pattern without pictures.
    """
    for number, source in enumerate(sources):
        if isinstance(source, np.ndarray):
            yield Picture(f"array {number}", _given(source))
        elif source == "-":
            if stdin is None:
                raise DataError("there is no list on standard input")
            yield from _listed(stdin, Path())
        else:
            yield from _named(Path(source))


def _named(path: Path) -> Iterator[Picture]:
    if path.is_dir():
        yield from _folder(path)
    elif path.suffix.lower() in VIDEOS:
        yield from _frames(path)
    elif path.suffix.lower() == ".txt" and path.is_file():
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
            yield from _listed(lines, path.parent)
    elif glob.has_magic(str(path)) and not path.exists():
        found = sorted(glob.glob(str(path), recursive=True))
        if not found:
            raise DataError(f"nothing is named like '{path}'")
        for name in found:
            yield from _named(Path(name))
    else:
        yield _file(path)


def _file(path: Path, truth: str | None = None) -> Picture:
    return Picture(str(path), lambda gray: read_image(path, not gray), truth)


def _folder(folder: Path) -> Iterator[Picture]:
    empty = True
    for parent, below, names in os.walk(folder):
        below.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.suffix.lower() in IMAGES:
                empty = False
                parts = path.relative_to(folder).parts
                yield _file(path, parts[0] if len(parts) > 1 else None)
    if empty:
        raise DataError(f"there are no pictures in '{folder}'", f"known are {_known(IMAGES)}")


def _known(endings: set[str]) -> str:
    return ", ".join(sorted(endings))


def _listed(lines: Iterable[str], root: Path) -> Iterator[Picture]:
    """Of lines: a path, which may hold blanks, or a path and the name of its class."""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        name, truth = text, None
        if not _beside(text, root).exists() and len(words := text.rsplit(None, 1)) == 2:
            name, truth = words
        yield _file(_beside(name, root), truth)


def _beside(name: str, root: Path) -> Path:
    """As given, or beside the list."""
    return Path(name) if os.path.exists(name) else root / name


def _frames(path: Path) -> Iterator[Picture]:
    cv2 = opencv("reading videos")
    video = cv2.VideoCapture(str(path)) if path.is_file() else None
    if video is None or not video.isOpened():
        what = "is no video that OpenCV can read" if path.is_file() else "does not exist"
        raise DataError(f"'{path}' {what}")
    try:
        count = 0
        while True:
            there, frame = video.read()
            if not there:
                break
            yield Picture(f"{path}#{count}", _given(frame))
            count += 1
    finally:
        video.release()
    if not count:
        raise DataError(f"'{path}' has no frame that OpenCV can read")


def _given(image: NDArray) -> Callable[[bool], NDArray]:
    return lambda gray: image  # made grey when it is prepared
