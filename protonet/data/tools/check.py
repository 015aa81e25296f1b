"""A store looked through before it is trained on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import DataError
from ..datum import Datum
from ..sources import store_kind
from .records import Item, all_items, at_record, pixels_of
from .stores import type_of

_EXAMPLES = 10  # that are kept of each kind of finding
_DIGEST = 16  # bytes; by chance alone two images never have the same

Progress = Callable[[int], object]


@dataclass
class Findings:
    """How often something was found, and the first of them."""

    count: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, **example: Any) -> None:
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(example)


@dataclass
class StoreReport:
    """What is in a store.

    sizes: (shape, type) -> records.  corrupt: records that cannot be read, values that are
    not finite.  duplicates: equal images, `contradictions` those of them with other labels.
    shared: images that the other store has too.
    """

    path: Path
    kind: str
    records: int = 0
    sizes: Counter[tuple[tuple[int, ...], str]] = field(default_factory=Counter)
    labels: Counter[int] = field(default_factory=Counter)
    corrupt: Findings = field(default_factory=Findings)
    duplicates: Findings = field(default_factory=Findings)
    contradictions: int = 0
    shared: Findings = field(default_factory=Findings)

    def problems(self) -> list[str]:
        """What training will fail on."""
        found = []
        if self.corrupt.count:
            found.append(f"{_many(self.corrupt.count, 'record')} cannot be used")
        shapes = {shape for shape, _ in self.sizes}
        if len(shapes) > 1:
            found.append(f"{len(shapes)} sizes: only with crop_size, or batch_size 1")
        if len({shape[0] for shape in shapes}) > 1:
            found.append("the number of channels varies")
        return found

    def notes(self) -> list[str]:
        """What may be meant, and often is not."""
        found = []
        if self.duplicates.count:
            found.append(f"{_many(self.duplicates.count, 'record')} repeat another one")
        if self.contradictions:
            found.append(f"{_many(self.contradictions, 'record')} of these under another label")
        if self.shared.count:
            found.append(f"{_many(self.shared.count, 'record')} are in the other store too")
        if any(label < 0 for label in self.labels):
            found.append("there are negative labels")
        absent = _absent(self.labels)
        if absent:
            found.append(f"no record has label {absent}")
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "kind": self.kind,
            "records": self.records,
            "sizes": [
                {"shape": list(shape), "type": name, "records": count}
                for (shape, name), count in self.sizes.most_common()
            ],
            "labels": {str(label): self.labels[label] for label in sorted(self.labels)},
            **{name: vars(getattr(self, name)) for name in ("corrupt", "duplicates", "shared")},
            "contradictions": self.contradictions,
            "problems": self.problems(),
            "notes": self.notes(),
        }


def check_store(
    path: Path, against: Path | None = None, progress: Progress = lambda amount: None
) -> StoreReport:
    """Read and decode every record.  against: a store that should share no image with it."""
    others = {_digest(item.datum) for item in all_items(against) if item.datum} if against else ()
    report = StoreReport(path, store_kind(path))
    seen: dict[bytes, tuple[bytes, int]] = {}
    items = all_items(path)
    while True:
        try:
            item = next(items, None)
        except DataError as error:
            if not report.records:
                raise
            report.corrupt.add(key=None, error=f"reading ends here: {error}")
            break
        if item is None:
            break
        report.records += 1
        _look_at(item, report)
        if item.datum is not None:
            _look_for_copies(item.record.key, item.datum, seen, others, report)
        progress(1)
    return report


def _look_at(item: Item, report: StoreReport) -> None:
    error = item.error
    if item.datum is not None:
        report.labels[item.datum.label] += 1
        try:
            pixels = pixels_of(item.datum)
            if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
                raise DataError("it has values that are not finite")
            report.sizes[pixels.shape, type_of(item.datum)] += 1
        except DataError as problem:
            error = at_record(problem, report.path, item.record.key)
    if error is not None:
        report.corrupt.add(key=_show(item.record.key), error=str(error))


def _look_for_copies(
    key: bytes,
    datum: Datum,
    seen: dict[bytes, tuple[bytes, int]],
    others: Any,
    report: StoreReport,
) -> None:
    digest = _digest(datum)
    first, label = seen.setdefault(digest, (key, datum.label))
    if first != key:
        report.duplicates.add(key=_show(key), of=_show(first), labels=[datum.label, label])
        report.contradictions += datum.label != label
    if digest in others:
        report.shared.add(key=_show(key))


def _digest(datum: Datum) -> bytes:
    made = hashlib.blake2b(repr(datum.pixels.shape).encode(), digest_size=_DIGEST)
    made.update(np.ascontiguousarray(datum.pixels).data)
    return made.digest()


def _absent(labels: Counter[int]) -> str:
    """Whole numbers from 0 to the greatest label that no record has."""
    top = max(labels, default=-1)
    missing = [label for label in range(min(top, 100_000)) if label not in labels]
    return ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _show(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")
