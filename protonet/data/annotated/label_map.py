"""LabelMap: the names of classes and their labels, in a file of Caffe's text format.

item { name: "n02084071" label: 12 display_name: "dog" }
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import DataError, did_you_mean
from ...proto import caffe_pb2 as pb
from ...proto.text import format, read_text


@dataclass
class LabelMap:
    """labels: of names.  display: names to show of labels."""

    path: str = ""
    labels: dict[str, int] = field(default_factory=dict)
    display: dict[int, str] = field(default_factory=dict)

    def label(self, name: str) -> int:
        """DataError if the map has no such name."""
        try:
            return self.labels[name]
        except KeyError:
            hint = did_you_mean(name, self.labels) or f"add it to '{self.path}'"
            raise DataError(f"the label map has no '{name}'", hint) from None


def read_label_map(path: Path, *, check_labels: bool = False) -> LabelMap:
    """The map in a file.  DataError if a name stands there twice with different labels, with
    `check_labels` also if it stands there twice at all or a label does."""
    if not path.is_file():
        raise DataError(f"there is no label map '{path}'", "correct the path")
    message, place, _ = read_text(path, pb.LabelMap)
    found = LabelMap(str(path))
    seen: dict[int, str] = {}
    for i, item in enumerate(message.item):
        fault = _fault(item, found, seen, check_labels)
        if fault:
            raise DataError(
                fault, "give each name one label", file=str(path), line=place.line_of(f"item[{i}]")
            )
        found.labels[item.name] = item.label
        found.display.setdefault(item.label, item.display_name or item.name)
        seen[item.label] = item.name
    if not found.labels:
        raise DataError(f"the label map '{path}' is empty", 'write: item { name: "dog" label: 1 }')
    return found


def _fault(item: Any, found: LabelMap, seen: dict[int, str], strict: bool) -> str:
    if not item.HasField("name") or not item.HasField("label"):
        return "an item has no " + ("label" if item.HasField("name") else "name")
    if item.name in found.labels and (strict or found.labels[item.name] != item.label):
        return f"'{item.name}' stands here a second time"
    if strict and item.label in seen:
        return f"the label {item.label} of '{item.name}' is that of '{seen[item.label]}'"
    return ""


def format_label_map(names: Iterable[str]) -> str:
    """A label map of classes 1, 2, ... behind the background, 0."""
    message = pb.LabelMap()
    message.item.add(name="none_of_the_above", label=0, display_name="background")
    for i, name in enumerate(names, 1):
        message.item.add(name=name, label=i, display_name=name)
    return format(message)
