"""CIFAR-10 in its binary version: records of a label and 3 x 32 x 32 pixels, red first."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from .files import FileMissing, find_file, read_file

_ARCHIVES = ("cifar-10-binary.tar.gz", "cifar-10-binary.tar")
_FOLDER = "cifar-10-batches-bin"
_FILES = {
    "train": tuple(f"data_batch_{i}.bin" for i in range(1, 6)),
    "test": ("test_batch.bin",),
}
_RECORD = 1 + 3 * 32 * 32


def load(folder: Path, split: str) -> tuple[NDArray, NDArray]:
    """Images (N, 3, 32, 32) and labels (N) of "train" or "test".

    From the archive, or from its files in `folder` or in the subfolder of their archive.
    """
    names = _FILES[split]
    for place in (folder, folder / _FOLDER):
        found = [find_file(place, name) for name in names]
        if any(found):
            return _join([_batch(place, name, path) for name, path in zip(names, found)])
    for name in _ARCHIVES:
        if (folder / name).is_file():
            return _from_archive(folder / name, names)
    raise FileMissing(f"there is neither {_ARCHIVES[0]} nor {names[0]} in '{folder}'")


def _batch(place: Path, name: str, path: Path | None) -> tuple[NDArray, NDArray]:
    if path is None:
        raise DataError(f"there is no {name} in '{place}', but others of its set are")
    return parse_batch(read_file(path), str(path))


def _from_archive(path: Path, names: tuple[str, ...]) -> tuple[NDArray, NDArray]:
    try:
        with tarfile.open(path) as archive:
            # Members are read, never unpacked: nothing in the archive can name a path.
            members = {Path(m.name).name: m for m in archive.getmembers() if m.isfile()}
            return _join([_member(archive, members, path, name) for name in names])
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(f"cannot read '{path}': {error}", "get the file again") from error


def _member(
    archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], path: Path, name: str
) -> tuple[NDArray, NDArray]:
    read: Callable | None = None
    if name in members:
        stream = archive.extractfile(members[name])
        read = stream.read if stream else None
    if read is None:
        raise DataError(f"there is no {name} in '{path}'")
    return parse_batch(read(), f"{path}: {name}")


def parse_batch(content: bytes, where: str) -> tuple[NDArray, NDArray]:
    """Images (N, 3, 32, 32) and labels (N) of one file."""
    if not content or len(content) % _RECORD:
        raise DataError(
            f"'{where}' has {len(content)} bytes, not a multiple of {_RECORD}",
            "the binary version of CIFAR-10 is wanted, whole",
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, _RECORD)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def _join(parts: list[tuple[NDArray, NDArray]]) -> tuple[NDArray, NDArray]:
    images, labels = zip(*parts)
    return np.concatenate(images), np.concatenate(labels)
