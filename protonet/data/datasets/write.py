"""Writing a data set as an LMDB that Caffe reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from numpy.typing import NDArray

from ..datum import encode_datum
from ..sources import create_store


def write_store(
    path: Path,
    images: NDArray,
    labels: NDArray,
    *,
    force: bool = False,
    keep: bool = False,
    progress: Callable[[int], object] | None = None,
) -> Path:
    """Write images (N, C, H, W) and labels as records 00000000, 00000001, ...

    The store gets its name when it is whole.  If there is one already: `force` replaces it,
    `keep` leaves it (several processes may make the same store at once), else DataError.
    progress: called with 1 for each record.
    """
    with create_store(path, "LMDB", force=force, keep=keep) as store:
        for i, (image, label) in enumerate(zip(images, labels.tolist())):
            store.put(b"%08d" % i, encode_datum(image, label))
            if progress is not None:
                progress(1)
    return path
