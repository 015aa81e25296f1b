"""Data sets: the embedded digits, and those that `protonet dataset` fetches or converts.

Each becomes two LMDBs, <name>_train_lmdb and <name>_test_lmdb (a hyphen as an underscore); the
scenes of digits have three for each half.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...files import atomic_write
from ...proto.weights import write_blob
from ..annotated.label_map import format_label_map
from .catalogue import DATASETS, SPLITS, Dataset, Images, store_name, stores_of
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
    "stores_of",
    "targets",
    "write_label_map",
    "write_mean",
    "write_store",
]

_EMBEDDED = ("digits", "digits-scenes")


def dataset_of(file_name: str) -> str:
    """Which data set a store (or mean file) of that name belongs to; "" if to none."""
    for name, dataset in DATASETS.items():
        if file_name in (*stores_of(name), dataset.mean_file):
            return name
    return ""


def is_embedded(file_name: str) -> bool:
    """Whether a store of that name can be made without any file or network."""
    return dataset_of(file_name) in _EMBEDDED


def make_embedded(file_name: str, folder: Path) -> Path:
    """Write the embedded store of that name into `folder`, unless it is there."""
    name = dataset_of(file_name)
    dataset, (split, part) = DATASETS[name], stores_of(name)[file_name]
    if dataset.write is not None:
        dataset.write(folder / file_name, split, part, keep=True)
        return folder / file_name
    images, labels = dataset.load(split, folder)
    return write_store(folder / file_name, images, labels, keep=True)


def targets(name: str, out: Path) -> list[Path]:
    """What a data set becomes in a folder: the train stores, the test stores, and the mean
    file or the label map, if it has one."""
    dataset = DATASETS[name]
    paths = [out / store for store in stores_of(name)]
    if dataset.classes:
        paths.append(out / f"{name.replace('-', '_')}_labelmap.prototxt")
    return [*paths, out / dataset.mean_file] if dataset.mean_file else paths


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


def write_label_map(path: Path, classes: Sequence[str]) -> Path:
    """Write the names of the classes 1, 2, ... for tools of SSD."""
    atomic_write(path, format_label_map(classes).encode())
    return path


def write_mean(path: Path, images: NDArray) -> Path:
    """Write the mean image, as (1, C, H, W), where Caffe's mean_file can name it."""
    write_blob(path, images.mean(axis=0, dtype=np.float64, keepdims=True).astype(np.float32))
    return path
