"""Looking into a store, copying it to another kind, splitting it in two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...log import log
from ..datum import Datum, DatumReader
from ..sources import STORES, Record, all_records, create_store, open_source, store_kind
from .records import Item, all_items, count_records, item_of

Progress = Callable[[int], object]


def describe_store(path: Path) -> dict[str, Any]:
    """Kind, number of records, bytes on disk and the first record, as plain values."""
    with closing(all_items(path)) as items:
        first = next(items)
    size = sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    count = count_records(path)
    return {
        "path": str(path),
        "kind": store_kind(path),
        "records": count if count is not None else sum(1 for _ in all_records(path)),
        "bytes": size,
        "first": describe_record(first),
    }


def describe_record(item: Item) -> dict[str, Any]:
    """Key, label, shape and kind of values, or what is wrong."""
    plain: dict[str, Any] = {"key": item.record.key.decode("utf-8", "backslashreplace")}
    if item.datum is None:
        return {**plain, "error": str(item.error)}
    return {
        **plain,
        "label": item.datum.label,
        **({} if item.boxes is None else {"boxes": len(item.boxes)}),
        "shape": None if item.datum.encoded else list(item.datum.pixels.shape),
        "type": type_of(item.datum),
        "bytes": len(item.record.value),
    }


def type_of(datum: Datum) -> str:
    """What the record's values are: "uint8", "float32", or the kind of an image file."""
    if not datum.encoded:
        return str(datum.pixels.dtype)
    head = datum.pixels[:12].tobytes()
    for start, name in ((b"\x89PNG", "PNG"), (b"\xff\xd8", "JPEG"), (b"BM", "BMP")):
        if head.startswith(start):
            return name
    return "WebP" if head[8:12] == b"WEBP" else "image file"


def find_record(path: Path, name: str) -> Item:
    """The record of that key, or if there is none the one of that number (from 0 on)."""
    record = _with_key(path, name) or _with_number(path, name)
    return item_of(record, path, DatumReader())


def _with_key(path: Path, name: str) -> Record | None:
    key = name.encode("utf-8", "surrogateescape")
    source = open_source(path)
    try:
        source.set_state({"key": key.hex(), "offset": 0})
    except DataError:
        return None
    else:
        return source.read()
    finally:
        source.close()


def _with_number(path: Path, name: str) -> Record:
    if not name.isdecimal():
        raise DataError(f"'{path}' has no record '{name}'", "'protonet db list' shows the keys")
    count = 0
    with closing(all_records(path)) as records:
        for record in records:
            if count == int(name):
                return record
            count += 1
    raise DataError(f"'{path}' has no record '{name}'", f"it has {count}, numbered from 0 on")


def convert_store(
    source: Path,
    target: Path,
    kind: str = "",
    *,
    force: bool = False,
    progress: Progress = lambda amount: None,
) -> tuple[str, int]:
    """Copy all records, as they are, into a store of that kind, by default the other one;
    returns its kind and the number of records."""
    records = all_records(source)
    first = next(records)  # the source is no store: said before anything is made
    kind = kind or next(kind for kind in STORES if kind != store_kind(source))
    with create_store(target, kind, force=force) as store:
        store.put(*first)
        progress(1)
        for record in records:
            store.put(*record)
            progress(1)
    return kind, store.count


def split_store(
    source: Path,
    train: Path,
    test: Path,
    part: float,
    *,
    seed: int = 0,
    stratify: bool = True,
    shuffle: bool = False,
    kind: str = "",
    skip_bad: bool = False,
    force: bool = False,
    progress: Progress = lambda amount: None,
) -> tuple[int, int, int]:
    """Divide the records at random into two stores; returns how many each got, and how many
    were left out.

    part: of the test store, a fraction below 1 or a number of records.  stratify: every label
    in proportion.  shuffle: new keys, 00000000_oldkey and so on, in random order.
    The same seed divides a store with the same keys and labels in the same way.
    """
    labels, good = _labels(source, skip_bad)
    total = int(good.sum())
    count = round(part * total) if part < 1 else int(part)
    if not 0 < count < total:
        raise DataError(
            f"the test store would get {count} of the {total} records",
            "choose another size: both must get some",
        )
    rng = np.random.default_rng(seed)
    tested = np.zeros(len(good), bool)
    picks = choose_part(labels[good], count, rng, stratify)
    tested[np.flatnonzero(good)[picks]] = True
    _warn_of_missing(labels, good, tested)
    order = rng.permutation(len(good))
    kind = kind or store_kind(source)
    with (
        create_store(train, kind, force=force) as train_store,
        create_store(test, kind, force=force) as test_store,
    ):
        for i, (key, value) in enumerate(all_records(source)):
            if good[i]:
                new_key = b"%08d_%s" % (order[i], key) if shuffle else key
                (test_store if tested[i] else train_store).put(new_key, value)
            progress(1)
    return train_store.count, test_store.count, len(good) - total


def _labels(path: Path, skip_bad: bool) -> tuple[NDArray, NDArray]:
    """The label of each record, and whether it can be read."""
    labels, good = [], []
    for item in all_items(path):
        if item.error is not None:
            if not skip_bad:
                raise item.error
            log.warning("%s", item.error)
        labels.append(item.datum.label if item.datum is not None else 0)
        good.append(item.datum is not None)
    return np.array(labels, np.int64), np.array(good, bool)


def choose_part(
    labels: NDArray, count: int, rng: np.random.Generator, stratify: bool = True
) -> NDArray:
    """Which records are to be `count`: a mask.  stratify: each label gets its share, rounded
    so that the sum is right."""
    chosen = np.zeros(len(labels), bool)
    if not stratify:
        chosen[rng.permutation(len(labels))[:count]] = True
        return chosen
    _, members, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    shares = sizes * (count / len(labels))
    quotas = np.floor(shares).astype(int)
    # What rounding down has left over goes where it took most.
    most = np.argsort(quotas - shares, kind="stable")
    quotas[most[: count - quotas.sum()]] += 1
    for c, quota in enumerate(quotas):
        chosen[rng.permutation(np.flatnonzero(members == c))[:quota]] = True
    return chosen


def _warn_of_missing(labels: NDArray, good: NDArray, tested: NDArray) -> None:
    for name, half in (("train", good & ~tested), ("test", tested)):
        missing = sorted(set(labels[good].tolist()) - set(labels[half].tolist()))
        if missing:
            shown = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")
            log.warning("the %s store has no record of label %s", name, shown)
