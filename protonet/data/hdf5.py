"""HDF5 files of training data: one data set for each top, the first axis counts the items."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import DataError
from ..proto.hdf5_file import Hdf5File, is_group, reading
from .order import Order, make_rng, rng_state, set_rng_state


def read_file_list(path: Path) -> list[str]:
    """The names in a list file, apart by white space."""
    try:
        names = path.read_text(encoding="utf-8-sig").split()  # with Notepad's mark or without
    except UnicodeDecodeError:
        raise DataError(
            f"the list '{path}' is no UTF-8 text",
            "name one HDF5 file a line; an HDF5 file itself cannot be the source",
        ) from None
    except OSError as error:
        raise DataError(f"cannot read the list '{path}': {error.strerror}") from error
    if not names:
        raise DataError(f"the list '{path}' is empty", "name one HDF5 file a line")
    return names


def read_datasets(path: Path, names: Sequence[str], dtype: DTypeLike) -> list[NDArray]:
    """The data sets of those names in a file, with as many rows each."""

    def fault(what: str, hint: str) -> DataError:
        return DataError(f"cannot read '{path}': {what}", hint)

    with reading(path, fault, "reading HDF5 files") as file:
        arrays = [_read(file, name).astype(dtype, copy=False) for name in names]
    rows = [len(array) for array in arrays]
    if len(set(rows)) > 1:
        counts = ", ".join(f"{name} has {n}" for name, n in zip(names, rows))
        raise DataError(f"the data sets of '{path}' differ in their number of rows: {counts}")
    if not rows[0]:
        raise DataError(f"'{path}' has no rows")
    return arrays


def _read(file: Hdf5File, name: str) -> NDArray:
    found = file.find(file.root, name)
    if found is None or is_group(found):
        raise file.fault(
            f"there is no data set '{name}'",
            f"a top's name is that of a data set; there are {', '.join(file.root) or 'none'}",
        )
    if found.dtype.kind not in "iuf" or not found.ndim:
        raise file.fault(f"'{name}' is no array of numbers")
    return file.values(found)


class Hdf5Rows:
    """The rows of several files, in their order or shuffled, round and round.

    datasets: the names of the arrays.  seed: of the shuffling (None: files and rows in their
    order), which permutes the files in each pass, and the rows within each file.
    With `size` workers, row i of the stream goes to the worker of rank i // block mod size.
    One file at a time is in memory.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        datasets: Sequence[str],
        dtype: DTypeLike,
        seed: np.random.SeedSequence | None = None,
        rank: int = 0,
        size: int = 1,
        block: int = 1,
    ) -> None:
        self._paths, self._datasets, self._dtype = paths, datasets, dtype
        self._rank, self._block, self._period, self._offset = rank, block, size * block, 0
        files, rows = map(make_rng, seed.spawn(2)) if seed is not None else (None, None)
        self._files, self._rng = Order(len(paths), files), rows
        self._file = -1
        self.shapes: list[tuple[int, ...]] = []  # of a row of each data set
        self._open(self._files.next())

    def _open(self, index: int) -> None:
        """Go to the first row of a file."""
        if index != self._file:
            self._arrays = read_datasets(self._paths[index], self._datasets, self._dtype)
            shapes = [array.shape[1:] for array in self._arrays]
            if self.shapes and shapes != self.shapes:
                raise DataError(
                    f"the rows of '{self._paths[index]}' have the shapes {shapes}, "
                    f"those of the files before {self.shapes}",
                    "all files must agree",
                )
            self.shapes, self._file = shapes, index
        self._before = rng_state(self._rng)
        rows = len(self._arrays[0])
        self._rows = np.arange(rows) if self._rng is None else self._rng.permutation(rows)
        self._row = 0

    @property
    def records(self) -> int | None:
        """How many rows there are; None where only opening all files would tell."""
        return len(self._arrays[0]) if len(self._paths) == 1 else None

    def take(self, out: Sequence[NDArray]) -> None:
        """Write the next rows into arrays, one for each data set."""
        filled, count = 0, len(out[0])
        while filled < count:
            if self._row == len(self._rows):
                self._open(self._files.next())
            ahead = np.arange(len(self._rows) - self._row)
            mine = (self._offset + ahead) % self._period // self._block == self._rank
            taken = ahead[mine][: count - filled]
            picks = self._rows[self._row + taken]
            for array, target in zip(self._arrays, out):
                target[filled : filled + len(picks)] = array[picks]
            filled += len(picks)
            passed = int(taken[-1]) + 1 if filled == count else len(ahead)
            self._offset = (self._offset + passed) % self._period
            self._row += passed

    def state(self) -> dict[str, Any]:
        """Where the stream stands, as plain values."""
        return {
            "files": self._files.state(),
            "file": self._file,
            "rng": self._before,
            "row": self._row,
            "offset": self._offset,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        self._files.set_state(state["files"])
        set_rng_state(self._rng, state["rng"])
        self._open(state["file"])
        self._row, self._offset = state["row"], state["offset"]
