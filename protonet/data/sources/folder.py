"""A folder that gets its name when it is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from ...errors import DataError


@contextlib.contextmanager
def new_folder(path: Path, *, force: bool = False, keep: bool = False) -> Iterator[Path]:
    """An empty folder to write into, which becomes `path` at the end of the `with` block.

    It lies beside `path` and is removed if an exception leaves the block, Ctrl-C too.
    If something is called `path` already: `force` replaces it, `keep` drops the new folder
    silently, otherwise DataError (at once, before anything is written).
    """
    if path.exists() and not (force or keep):
        raise _exists(path)
    temporary = path.with_name(f".{path.name}-{uuid.uuid4().hex[:12]}")
    try:
        (temporary / "new").mkdir(parents=True)
    except OSError as error:
        raise DataError(f"cannot write to '{path.parent}': {error.strerror}") from error
    try:
        yield temporary / "new"
        try:
            _sync(temporary / "new")
            _publish(temporary, path, force, keep)
        except OSError as error:
            raise DataError(f"cannot write '{path}': {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _publish(temporary: Path, path: Path, force: bool, keep: bool) -> None:
    new, old = temporary / "new", temporary / "old"
    if force and path.exists():
        os.rename(path, old)  # into the temporary folder: goes with it
    try:
        os.rename(new, path)
    except OSError:
        if old.exists():
            os.rename(old, path)
            raise
        if not path.exists():
            raise
        if not keep:
            raise _exists(path) from None


def _sync(folder: Path) -> None:
    """All files below a folder onto the disk."""
    for file in (path for path in folder.rglob("*") if path.is_file()):
        handle = os.open(file, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exists(path: Path) -> DataError:
    return DataError(f"'{path}' exists already", "remove it, or write with --force")
