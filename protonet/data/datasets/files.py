"""Reading a data set's file, plain or gzipped, from a folder."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from ...errors import DataError


class FileMissing(DataError):
    """A file of the data set is not in the folder."""


def find_file(folder: Path, name: str) -> Path | None:
    """The file of that name in `folder`, or with .gz added; None if there is neither."""
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    return None


def read_file(path: Path) -> bytes:
    """The content, unpacked if it is gzipped (by its first bytes, not its name)."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read '{path}': {error}", "get the file again") from error
