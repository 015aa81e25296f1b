"""Images and labels into HDF5 files, a folder of them with their list."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...proto.hdf5_file import h5py_module
from ..sources.folder import new_folder
from .imageset import Picture

LIST = "list.txt"
_PART_BYTES = 256 << 20  # HDF5Data keeps one whole file in memory


class Hdf5Sink:
    """Collects images, all of one size, and writes a file whenever a part is full."""

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name  # what the folder will be called
        self._h5py = h5py_module("writing HDF5 files")
        self._folder = folder
        self._images: list[NDArray] = []
        self._labels: list[Sequence[float]] = []
        self.names: list[str] = []

    def put(self, key: bytes, picture: Picture, labels: Sequence[float]) -> None:
        self._images.append(picture.content)
        self._labels.append(labels)
        if (len(self._images) + 1) * 4 * picture.content.size > _PART_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what has been collected."""
        if not self._images:
            return
        self.names.append(f"part-{len(self.names):04d}.h5")
        try:
            with self._h5py.File(self._folder / self.names[-1], "w") as file:
                file["data"] = np.stack(self._images).astype(np.float32)
                file["label"] = np.array(self._labels, np.float32)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise DataError(f"cannot write '{self._name}': {reason}") from error
        self._images, self._labels = self._images[:0], []


@contextlib.contextmanager
def new_hdf5_folder(path: Path, *, force: bool = False) -> Iterator[Hdf5Sink]:
    """A folder of HDF5 files, and `list.txt`, which a prototxt names as the source.

    The list has the files' names with `path` as it is given, as Caffe wants them: from the
    folder where it is run.
    """
    with new_folder(path, force=force) as folder:
        sink = Hdf5Sink(folder, str(path))
        yield sink
        sink.flush()
        lines = [f"{(path / name).as_posix()}\n" for name in sink.names]
        (folder / LIST).write_text("".join(lines), encoding="utf-8")
