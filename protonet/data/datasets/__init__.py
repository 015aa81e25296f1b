"""Data sets: the embedded digits, and those that `protonet dataset` fetches or converts.

Each becomes two LMDBs, <name>_train_lmdb and <name>_test_lmdb (a hyphen as an underscore).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...proto.weights import write_blob
from .catalogue import DATASETS, SPLITS, Dataset, Images, store_name
from .files import FileMissing
from .write import write_store

__all__ = [
    "DATASETS",
    "SPLITS",
    "Dataset",
    "check_free",
    "dataset_of",
    "is_embedded",
    "load_halves",
    "make_embedded",
    "store_name",
    "targets",
    "write_mean",
    "write_store",
]

_EMBEDDED = "digits"


def dataset_of(file_name: str) -> str:
    """Which data set a store (or mean file) of that name belongs to; "" if to none."""
    for name, dataset in DATASETS.items():
        if file_name in (*(store_name(name, split) for split in SPLITS), dataset.mean_file):
            return name
    return ""


def is_embedded(file_name: str) -> bool:
    """Whether a store of that name can be made without any file or network."""
    return dataset_of(file_name) == _EMBEDDED


def make_embedded(file_name: str, folder: Path) -> Path:
    """Write the embedded store of that name into `folder`, unless it is there."""
    split = next(split for split in SPLITS if store_name(_EMBEDDED, split) == file_name)
    images, labels = DATASETS[_EMBEDDED].load(split, folder)
    return write_store(folder / file_name, images, labels, keep=True)


def targets(name: str, out: Path) -> list[Path]:
    """What a data set becomes in a folder: the train store, the test store, and the mean
    file, if it has one."""
    paths = [out / store_name(name, split) for split in SPLITS]
    return [*paths, out / DATASETS[name].mean_file] if DATASETS[name].mean_file else paths


def check_free(paths: list[Path], force: bool) -> None:
    """DataError if one of the paths exists, unless it may be replaced."""
    for path in paths:
        if path.exists() and not force:
            raise DataError(f"'{path}' exists already", "--force replaces it")


def load_halves(dataset: Dataset, folder: Path, split: int | None = None) -> list[Images]:
    """The train and the test images from the files in a folder.

    split: take all images that are there, train before test, and cut them after that many;
    then one half of the files is enough.
    """
    found: dict[str, Images] = {}
    missing: DataError | None = None
    for half in SPLITS:
        try:
            found[half] = dataset.load(half, folder)
        except FileMissing as error:
            missing = missing or error
    if missing and not found:
        raise missing
    if split is None and missing:
        ((half, (images, _)),) = found.items()
        raise DataError(
            f"{missing.what}: only the {half} images are there ({len(images)})",
            "add the missing files, or divide these with --split N (N to train, the rest to test)",
        )
    if split is None:
        return list(found.values())
    images, labels = (np.concatenate(parts) for parts in zip(*found.values()))
    if not 0 < split < len(images):
        raise DataError(
            f"cannot take {split} of {len(images)} images to train",
            f"choose a number from 1 to {len(images) - 1}",
        )
    return [(images[:split], labels[:split]), (images[split:], labels[split:])]


def write_mean(path: Path, images: NDArray) -> Path:
    """Write the mean image, as (1, C, H, W), where Caffe's mean_file can name it."""
    write_blob(path, images.mean(axis=0, dtype=np.float64, keepdims=True).astype(np.float32))
    return path
