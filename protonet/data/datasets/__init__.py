"""Data sets: the embedded digits, and those that `protonet dataset` fetches or converts.

Each becomes two LMDBs, <name>_train_lmdb and <name>_test_lmdb (a hyphen as an underscore).
"""

from __future__ import annotations

from pathlib import Path

from .catalogue import DATASETS, SPLITS, Dataset, store_name
from .write import write_store

__all__ = ["DATASETS", "SPLITS", "Dataset", "dataset_of", "is_embedded", "make_embedded",
           "store_name", "write_store"]

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
