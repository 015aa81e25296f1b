"""Values of blobs, batch by batch, into stores, HDF5 or npz files."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...files import atomic_path
from ...proto.hdf5_file import h5py_module
from ..datum import encode_datum
from ..sources import STORES, StoreWriter, create_store


def kinds() -> list[str]:
    """What features can be written as: every kind of store, HDF5 and npz files."""
    return [*map(str.lower, STORES), "hdf5", "npz"]


class Features(ABC):
    """Takes the items of one blob, in order."""

    def __init__(self, name: str) -> None:
        self.name, self.count = name, 0
        self.shape: tuple[int, ...] | None = None  # of an item

    def put(self, batch: NDArray) -> None:
        """Add the items of a blob (N, ...); a blob without axes is one item."""
        items = batch if batch.ndim else batch[None]
        self.shape = self.shape or items.shape[1:]
        if items.shape[1:] != self.shape:
            raise DataError(
                f"an item of the blob '{self.name}' is {items.shape[1:]}, before it was "
                f"{self.shape}",
                "bring all images to one size",
            )
        self._add(items)
        self.count += len(items)

    @abstractmethod
    def _add(self, items: NDArray) -> None: ...


@contextlib.contextmanager
def open_features(
    paths: Sequence[Path], blobs: Sequence[str], kind: str, *, force: bool = False
) -> Iterator[list[Features]]:
    """Where the blobs go, each to the path of its own; HDF5 and npz files also take all to
    one.  The files and stores get their names at the end of the `with` block."""
    with contextlib.ExitStack() as stack:
        if kind.upper() in STORES:
            yield [
                _StoreFeatures(
                    blob, stack.enter_context(create_store(path, kind.upper(), force=force))
                )
                for path, blob in zip(paths, blobs)
            ]
            return
        open_file = _open_hdf5 if kind == "hdf5" else _open_npz
        groups = [list(blobs)] if len(paths) == 1 else [[blob] for blob in blobs]
        features: list[Features] = []
        for path, group in zip(paths, groups):
            if path.exists() and not force:
                raise DataError(f"'{path}' exists already", "remove it, or write with --force")
            features += stack.enter_context(open_file(path, group))
        yield features


class _StoreFeatures(Features):
    """A Datum with float_data for each item, as Caffe's extract_features writes them."""

    def __init__(self, name: str, store: StoreWriter) -> None:
        super().__init__(name)
        self._store = store

    def _add(self, items: NDArray) -> None:
        shape = items.shape[1:]
        # A Datum has three axes; more than that are one long one.
        sizes = (*shape, 1, 1, 1)[:3] if len(shape) <= 3 else (math.prod(shape), 1, 1)
        for i, item in enumerate(items, self.count):
            self._store.put(b"%010d" % i, encode_datum(np.float32(item).reshape(sizes), 0))


class _Hdf5Features(Features):
    """A data set that grows; its first axis counts the items, as HDF5Data wants it."""

    def __init__(self, name: str, file: Any) -> None:
        super().__init__(name)
        self._file = file
        self._set: Any = None

    def _add(self, items: NDArray) -> None:
        try:
            if self._set is None:
                self._set = self._file.create_dataset(
                    self.name,
                    (0, *items.shape[1:]),
                    items.dtype,
                    chunks=True,
                    maxshape=(None, *items.shape[1:]),
                )
            self._set.resize(self.count + len(items), axis=0)
            self._set[self.count :] = items
        except (OSError, ValueError) as error:
            raise DataError(f"cannot write the blob '{self.name}' as HDF5: {error}") from error


class _NpzFeatures(Features):
    """Raw values in a file for the time being: the head of an array tells its length."""

    def __init__(self, name: str, spool: IO[bytes]) -> None:
        super().__init__(name)
        self._spool, self._dtype = spool, np.dtype(np.float32)

    def _add(self, items: NDArray) -> None:
        self._dtype = items.dtype
        self._spool.write(np.ascontiguousarray(items).data)

    def save(self, archive: zipfile.ZipFile) -> None:
        head = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self.count, *(self.shape or ())),
        }
        self._spool.seek(0)
        with archive.open(f"{self.name}.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(file, head)
            shutil.copyfileobj(self._spool, file, 1 << 20)


@contextlib.contextmanager
def _open_hdf5(path: Path, blobs: Sequence[str]) -> Iterator[list[Features]]:
    h5py = h5py_module("writing HDF5 files")
    with atomic_path(path) as temporary, h5py.File(temporary, "w", locking=False) as file:
        yield [_Hdf5Features(blob, file) for blob in blobs]


@contextlib.contextmanager
def _open_npz(path: Path, blobs: Sequence[str]) -> Iterator[list[Features]]:
    with contextlib.ExitStack() as stack:
        temporary = stack.enter_context(atomic_path(path))
        folder = os.path.dirname(temporary)
        features = [
            _NpzFeatures(blob, stack.enter_context(tempfile.TemporaryFile(dir=folder)))
            for blob in blobs
        ]
        yield [*features]
        with zipfile.ZipFile(temporary, "w") as archive:
            for blob_features in features:
                blob_features.save(archive)
