"""IDX files, the format of MNIST and its relatives.

0 0 type axes | size of each axis, 4 bytes big-endian | values
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from .files import FileMissing, find_file, read_file

_PREFIX = {"train": "train", "test": "t10k"}
_UINT8 = 8


def load(folder: Path, split: str) -> tuple[NDArray, NDArray]:
    """Images (N, 1, H, W) and labels (N) of "train" or "test" from MNIST's files."""
    images = read_idx(_find(folder, f"{_PREFIX[split]}-images-idx3-ubyte"), 3)
    labels = read_idx(_find(folder, f"{_PREFIX[split]}-labels-idx1-ubyte"), 1)
    if len(images) != len(labels):
        raise DataError(f"{len(images)} images, but {len(labels)} labels for {split} in '{folder}'")
    return images[:, None], labels


def read_idx(path: Path, axes: int) -> NDArray:
    """The array in an IDX file of bytes, plain or gzipped; DataError if it is another."""
    content = read_file(path)
    head = 4 + 4 * axes
    if len(content) < head or content[:4] != bytes([0, 0, _UINT8, axes]):
        raise DataError(f"'{path}' is no IDX file of bytes with {axes} axes")
    shape = tuple(np.frombuffer(content, ">u4", axes, 4).tolist())
    if len(content) - head != math.prod(shape):
        raise DataError(
            f"'{path}' holds {len(content) - head} values, its head says {shape}",
            "the file is cut off or damaged: get it again",
        )
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)


def _find(folder: Path, name: str) -> Path:
    # Some archives have a dot where the original names have a hyphen.
    path = find_file(folder, name) or find_file(folder, name.replace("-idx", ".idx"))
    if path is None:
        raise FileMissing(f"there is no {name} (or {name}.gz) in '{folder}'")
    return path
