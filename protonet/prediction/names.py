"""Names of classes, from a list or a label map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..data.annotated.label_map import read_label_map
from ..errors import DataError

#: Of lists that lie beside a net: what they are called.
_USUAL = ("labels.txt", "synset_words.txt", "classes.txt", "labelmap.prototxt")


@dataclass(frozen=True)
class Names:
    """by_label: the name of each class that has one.  listed: they came one after the other, so
    that a background they leave out moves them by one."""

    by_label: Mapping[int, str] = field(default_factory=dict)
    listed: bool = True

    @classmethod
    def of(cls, names: Names | Sequence[str] | Mapping[int, str] | str | Path | None) -> Names:
        """Of a list, of a dict by label, or of a file; of nothing: no names."""
        if names is None:
            return cls()
        if isinstance(names, Names):
            return names
        if isinstance(names, (str, Path)):
            return read_names(Path(names))
        if isinstance(names, Mapping):
            return cls({int(label): str(name) for label, name in names.items()}, False)
        return cls(dict(enumerate(map(str, names))))

    def for_classes(self, count: int) -> Names:
        """For labels 0 to count - 1 of which 0 is the background: a list of one less has none
        for it."""
        if not self.listed or len(self.by_label) != count - 1:
            return self
        moved = {label + 1: name for label, name in self.by_label.items()}
        return Names({0: "background", **moved}, False)

    def __getitem__(self, label: int) -> str:
        """The name of a class, or its number as text."""
        return self.by_label.get(label, str(label))

    def label_of(self, word: str) -> int | None:
        """The class that a word means: its number, its name, the first word of its name (the
        WordNet number in ImageNet's list); None if it means none."""
        if re.fullmatch(r"\d{1,9}", word):
            return int(word)
        for label, name in self.by_label.items():
            if word == name or word == name.partition(" ")[0]:
                return label
        return None


def read_names(path: Path) -> Names:
    """From a text with a name a line, from class 0 on, or from a label map (.prototxt, .pbtxt)."""
    if path.suffix in (".prototxt", ".pbtxt"):
        return Names(read_label_map(path).display, False)
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise DataError(f"cannot read the names of classes '{path}': {error.strerror}") from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise DataError(f"'{path}' has no names of classes", "write one on each line")
    return Names(dict(enumerate(names)))


def find_names(*beside: Path | None) -> Path | None:
    """A file of names that lies beside a net or its weights: NAME.labels.txt or a usual one."""
    for path in beside:
        if path is not None:
            for name in (f"{path.stem}.labels.txt", *_USUAL):
                if path.with_name(name).is_file():
                    return path.with_name(name)
    return None
