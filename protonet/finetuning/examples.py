"""Examples: pictures or records with their classes, some of them kept to test with."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..data.datum import DatumReader
from ..data.image_list import list_lines
from ..data.images import decode_image, read_image
from ..data.picture_size import picture_size
from ..data.sources import STORES, all_records
from ..data.sources.base import show_key
from ..errors import DataError
from ..log import log
from ..prediction.pictures import IMAGES

_HEAD = 1 << 16  # bytes of a picture's file that tell its size
#: Folders that hold examples to learn from and to test with, where there are both.
_TRAIN, _TEST = ("train", "training"), ("test", "val", "valid", "validation")


class Example(NamedTuple):
    """name: of a file below the root of its `Examples`, or the key of a record.  label: of its
    class."""

    name: str
    label: int


@dataclass
class Examples:
    """names: of the classes, by label.  root: the folder of the pictures; of a store the store.
    store: its kind ("LMDB"), "" for pictures.  shape: of a store's first record, (C, H, W).
    test_root: of the store to test with, where it is another one.  split: how the examples to
    test with were chosen, a sentence."""

    names: list[str]
    root: Path
    train: list[Example]
    test: list[Example]
    split: str
    store: str = ""
    shape: tuple[int, int, int] | None = None
    encoded: bool = False
    test_root: Path | None = None

    @property
    def classes(self) -> int:
        return len(self.names)


@dataclass
class _Found:
    """Examples of one source, not split yet."""

    root: Path
    examples: list[Example]
    names: list[str]
    store: str = ""
    shape: tuple[int, int, int] | None = None
    encoded: bool = False
    file: str = field(default="")


def read_examples(
    data: Path,
    test: Path | None = None,
    *,
    fraction: float = 0.2,
    seed: int = 1,
    names: Sequence[str] = (),
) -> Examples:
    """What DATA holds: a folder with a folder for each class, one with such folders below
    `train` and `test` (or `val`); a list, a picture and its class a line; an LMDB or a LevelDB.

    test: of the same kind, to test with.  Without it `fraction` of each class is, which by the
    hash of name and seed: the same pictures on every machine, whatever is added beside them.
    names: of classes that are numbers.  DataError if there is nothing to learn from.
    """
    given = _halves(data) if test is None and data.is_dir() else None
    first, second = given or (data, test)
    learn = _read(first)
    names = _names(learn, names)
    if second is not None:
        others = _read(second, names=learn.names)
        if bool(others.store) != bool(learn.store):
            raise DataError(f"'{second}' is not of the kind of '{first}'", "give two of one kind")
        if (last := max(x.label for x in others.examples)) >= len(learn.names):
            what = f"label {last} of '{second}' is none of the {len(learn.names)} classes"
            raise DataError(what, "there is nothing to learn it from")
        _check(learn, learn.examples, names)
        split = f"to test with: what is in {second}"
        return _examples(learn, names, learn.examples, others.examples, split, others.root)
    _check(learn, learn.examples, names)
    train, kept = split_by_hash(learn.examples, fraction, seed)
    what = f"to test with: {fraction:g} of each class, by the hash of names with seed {seed}"
    return _examples(learn, names, train, kept, what, None)


def split_by_hash(
    examples: Sequence[Example], fraction: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Those to learn from and those to test with, each in their order: of every class of two or
    more examples at least one of each."""
    by_class: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        by_class[example.label].append(example)
    kept: set[Example] = set()
    for members in by_class.values():
        count = min(max(round(len(members) * fraction), 1), len(members) - 1)
        kept.update(sorted(members, key=lambda one: _hash(one.name, seed))[:count])
    return [x for x in examples if x not in kept], [x for x in examples if x in kept]


def _hash(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {name}".encode(errors="surrogateescape")).digest()


def _examples(
    found: _Found,
    names: list[str],
    train: list[Example],
    test: list[Example],
    split: str,
    test_root: Path | None,
) -> Examples:
    if not found.store:
        _check_pictures(found.root, [*train, *test])
    if not train or not test:
        raise DataError(
            f"{len(train) + len(test)} examples are too few to learn from and to test with",
            "two of a class are the least",
        )
    return Examples(
        names, found.root, train, test, split, found.store, found.shape, found.encoded, test_root
    )


def _check_pictures(root: Path, examples: Sequence[Example]) -> None:
    """DataError, before anything is made, if there are pictures that cannot be decoded.  Of each
    class one is decoded, of the others the header is looked at."""
    whole = {*{example.label: example for example in reversed(examples)}.values()}
    bad = []
    for example in examples:
        path = root / example.name
        try:
            if example in whole or not _has_size(path):
                read_image(path)
        except DataError as error:
            bad.append(error)
    if bad:
        more = f", and {len(bad) - 1} more pictures cannot" if len(bad) > 1 else ""
        raise DataError(f"{bad[0].what}{more}", bad[0].hint or "replace or remove what is damaged")


def _has_size(path: Path) -> bool:
    """Does the beginning of the file say how large the picture is?"""
    try:
        with open(path, "rb") as file:
            return bool(picture_size(file.read(_HEAD)))
    except OSError:
        return False  # decoding tells why


def _check(found: _Found, examples: Sequence[Example], names: Sequence[str]) -> None:
    labels = {example.label for example in examples}
    if len(labels) < 2:
        raise DataError(f"'{found.file}' has examples of one class only", "two are the least")
    missing = [names[i] for i in range(len(names)) if i not in labels]
    if missing:
        log.warning("%s: no example of %s", found.file, ", ".join(missing[:10]))


def _names(found: _Found, given: Sequence[str]) -> list[str]:
    """The names of the classes; those given in place of numbers."""
    if not given or not all(name.isdigit() for name in found.names):
        return found.names
    if len(given) < len(found.names):
        what = f"{len(given)} names for {len(found.names)} classes"
        raise DataError(what, "give a name for each label from 0 on")
    return list(given)


# -- sources ---------------------------------------------------------------------------------


def _halves(folder: Path) -> tuple[Path, Path] | None:
    """The folders to learn from and to test with, if a folder has just these."""
    below = {path.name.lower(): path for path in _folders(folder)}
    train = [below[name] for name in _TRAIN if name in below]
    test = [below[name] for name in _TEST if name in below]
    return (train[0], test[0]) if len(below) == len(train) + len(test) and train and test else None


def _read(path: Path, names: list[str] | None = None) -> _Found:
    """names: those that folders or words have to be."""
    if not path.exists():
        raise DataError(f"there is no '{path}'", "give a folder, a list or an LMDB")
    for kind, cls in STORES.items():
        if (path / cls.mark).is_file():
            return _read_store(path, kind)
    return _read_folder(path, names) if path.is_dir() else _read_list(path, names)


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _read_folder(folder: Path, names: list[str] | None) -> _Found:
    classes = _folders(folder)
    if not classes:
        raise DataError(
            f"'{folder}' has no folder for each class", f"put pictures into {folder / 'CLASS'}/"
        )
    known = [path.name for path in classes] if names is None else names
    examples = []
    for path in classes:
        if path.name not in known:
            what = f"'{path}' is of a class that there is nothing to learn from"
            raise DataError(what, f"known are {', '.join(known)}")
        found = [name for name in _pictures(path)]
        if not found:
            raise DataError(f"there are no pictures in '{path}'", "put some there, or remove it")
        label = known.index(path.name)
        examples += [Example(f"{path.name}/{name}", label) for name in found]
    return _Found(folder, examples, known, file=str(folder))


def _pictures(folder: Path) -> list[str]:
    """The pictures below a folder, by their paths from there."""
    found = []
    for parent, below, names in os.walk(folder):
        below.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.suffix.lower() in IMAGES:
                found.append(path.relative_to(folder).as_posix())
    return found


def _read_list(path: Path, names: list[str] | None) -> _Found:
    """A picture and its class, a number or a word, a line."""
    lines = []
    for number, text in enumerate(list_lines(path), 1):
        name, _, word = text.strip().replace("\t", " ").rpartition(" ")
        if text.strip() and not name:
            hint = "write: name of the image, space, class"
            raise DataError(f"no class in '{text.strip()}'", hint, file=str(path), line=number)
        if name:
            lines.append((name.strip(), word, number))
    if not lines:
        raise DataError(f"the list '{path}' is empty", "write: name of the image, space, class")
    words = sorted({word for _, word, _ in lines})
    numbers = all(word.isdigit() for word in words)
    if numbers:
        known = _numbered(max(map(int, words)), str(path))
    else:
        known = words if names is None else names
    examples = []
    for name, word, number in lines:
        if not numbers and word not in known:
            what = f"there is nothing of the class '{word}' to learn from"
            raise DataError(what, f"known are {', '.join(known)}", file=str(path), line=number)
        place = name if os.path.exists(name) else str(path.parent / name)
        if not os.path.isfile(place):
            raise DataError(f"there is no picture '{name}'", file=str(path), line=number)
        label = int(word) if numbers else known.index(word)
        examples.append(Example(Path(place).absolute().as_posix(), label))
    root = Path(os.path.commonpath([Path(example.name).parent for example in examples]))
    inside = [Example(Path(x.name).relative_to(root).as_posix(), x.label) for x in examples]
    return _Found(root, inside, known, file=str(path))


def _numbered(last: int, file: str) -> list[str]:
    if last >= 100_000:
        raise DataError(f"label {last} in '{file}'", "labels count from 0 on, one for each class")
    return [str(i) for i in range(last + 1)]


def _read_store(path: Path, kind: str) -> _Found:
    reader = DatumReader()
    examples: list[Example] = []
    shape: tuple[int, ...] = ()
    encoded = False
    for record in all_records(path, kind):
        datum = reader.read(record.value)
        if not examples:
            encoded = datum.encoded
            shape = decode_image(datum.pixels).shape if encoded else datum.pixels.shape
        if datum.label < 0:
            what = f"record {show_key(record.key)} of '{path}' has the label {datum.label}"
            raise DataError(what, "classes count from 0 on")
        examples.append(Example(record.key.decode(errors="surrogateescape"), datum.label))
    names = _numbered(max(example.label for example in examples), str(path))
    return _Found(path, examples, names, kind, (shape[0], shape[1], shape[2]), encoded, str(path))
