"""Files of annotations: VOC's XML, COCO's JSON, plain text -> boxes of objects.

Sides are in pixels of the image, as in the files (VOC counts from 1; SSD's tool does not mind).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError
from ...log import log
from ..annotated.label_map import LabelMap
from ..annotated.scene import no_boxes
from .xml_tree import Node, read_xml

Size = tuple[int, int]


class Thing(NamedTuple):
    """An object: what it is called in a message, its label, sides in pixels."""

    what: str
    label: int
    sides: tuple[float, float, float, float]
    difficult: bool = False
    line: int | None = None


class Annotation(NamedTuple):
    """All objects of an image; its size (height, width) as the file says it, if it does."""

    things: list[Thing]
    size: Size | None = None


Reader = Callable[[Path, LabelMap], Annotation]


def boxes_of(annotation: Annotation, path: str, size: Size) -> NDArray:
    """The boxes (G, 7) in fractions of the image, which is of that size (height, width); those
    without any area are left out with a warning."""
    if annotation.size not in (None, size):
        log.warning(
            "%s: it says that the image is %d x %d (height, width), which is %d x %d",
            *(path, *(annotation.size or ()), *size),
        )
    height, width = annotation.size or size
    rows = []
    counts: dict[int, int] = {}
    for thing in annotation.things:
        x1, y1, x2, y2 = thing.sides
        where = f"{path}:{thing.line}" if thing.line else path
        if x1 >= x2 or y1 >= y2:
            log.warning("%s: %s has no area and is left out: %s", where, thing.what, _shown(thing))
            continue
        if x1 < 0 or y1 < 0 or x2 > width or y2 > height:
            log.warning(
                "%s: %s reaches beyond the image of %d x %d (height, width): %s",
                *(where, thing.what, height, width, _shown(thing)),
            )
        instance = counts.get(thing.label, 0)
        counts[thing.label] = instance + 1
        fractions = x1 / width, y1 / height, x2 / width, y2 / height
        rows.append((thing.label, instance, *fractions, thing.difficult))
    return np.array(rows, np.float32) if rows else no_boxes()


def _shown(thing: Thing) -> str:
    return ", ".join(f"{side:g}" for side in thing.sides)


# -- VOC ---------------------------------------------------------------------------------------


def read_voc(path: Path, labels: LabelMap) -> Annotation:
    """<annotation> with <size> and <object>s of <name>, <bndbox>, <difficult>."""
    root = read_xml(path)
    if root.tag != "annotation":
        raise DataError(f"its root is <{root.tag}>, not <annotation>", file=str(path), line=1)
    size = root.find("size")
    things = [_voc_object(i, node, path, labels) for i, node in enumerate(root.all("object"), 1)]
    return Annotation(things, _voc_size(size, path) if size is not None else None)


def _voc_size(node: Node, path: Path) -> Size:
    found = [_voc_number(node, tag, "<size>", path) for tag in ("height", "width")]
    height, width = map(int, found)
    if min(height, width) < 1:
        raise DataError(
            f"<size> says {height} x {width}",
            "correct it, or remove <size>",
            file=str(path),
            line=node.line,
        )
    return height, width


def _voc_object(number: int, node: Node, path: Path, labels: LabelMap) -> Thing:
    name = node.find("name")
    word = name.text.strip() if name is not None else ""
    what = f"object {number} ('{word}')" if word else f"object {number}"
    box = node.find("bndbox")
    for part, tag in ((name, "name"), (box, "bndbox")):
        if part is None:
            raise DataError(f"{what} has no <{tag}>", file=str(path), line=node.line)
    assert box is not None
    sides = [_voc_number(box, tag, what, path) for tag in ("xmin", "ymin", "xmax", "ymax")]
    difficult = node.find("difficult")
    with _naming(what, path, node.line):
        label = labels.label(word)
    hard = difficult is not None and difficult.text.strip() == "1"
    return Thing(what, label, (sides[0], sides[1], sides[2], sides[3]), hard, node.line)


def _voc_number(node: Node, tag: str, what: str, path: Path) -> float:
    found = node.find(tag)
    if found is None:
        raise DataError(f"{what} has no <{tag}>", file=str(path), line=node.line)
    return _number(found.text.strip(), f"{what}: <{tag}>", path, found.line)


def _number(word: Any, what: str, path: Path, line: int | None = None) -> float:
    try:
        value = float(word) if not isinstance(word, bool) else math.nan
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{what} is no number: {word!r}", file=str(path), line=line)
    return value


class _naming:
    """Errors within it name the object and its file."""

    def __init__(self, what: str, path: Path, line: int | None = None) -> None:
        self._what, self._path, self._line = what, path, line

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, DataError):
            error.what = f"{self._what}: {error.what}"
            error.at(file=str(self._path), line=self._line)


# -- plain text ----------------------------------------------------------------------------------


def read_lines(path: Path, labels: LabelMap) -> Annotation:
    """A line for each object: label xmin ymin xmax ymax, sides in pixels."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise DataError(f"cannot read the annotation '{path}': {error.strerror}") from error
    things: list[Thing] = []
    for line, words in enumerate(map(str.split, text.split("\n")), 1):
        if not words:
            continue
        what = f"object {len(things) + 1}"
        if len(words) != 5:
            raise DataError(
                f"{what}: {len(words)} words",
                "write: label xmin ymin xmax ymax",
                file=str(path),
                line=line,
            )
        x1, y1, x2, y2 = (_number(word, f"{what}: a side", path, line) for word in words[1:])
        try:
            label = int(words[0])
        except ValueError:
            with _naming(what, path, line):
                label = labels.label(words[0])
        things.append(Thing(what, label, (x1, y1, x2, y2), False, line))
    return Annotation(things)


# -- COCO ----------------------------------------------------------------------------------------


def read_coco_image(path: Path, labels: LabelMap) -> Annotation:
    """What SSD's scripts make for each image: {"image": {...}, "annotation": [{...}, ...]}."""
    content = read_json(path)
    image = _part(content, "image", dict, "the file", path)
    things = _part(content, "annotation", list, "the file", path)
    return Annotation([*_coco_things(things, path, labels, {})], _coco_size(image, "image", path))


class CocoFile:
    """One file for many images, as COCO has it: images, annotations, categories."""

    def __init__(self, path: Path, labels: LabelMap) -> None:
        self.path = path
        content = read_json(path)
        self.images: list[Any] = _part(content, "images", list, "the file", path)
        if not self.images:
            raise DataError("it has no images", file=str(path))
        names = {
            _whole(one, "id", f"category {i}", path): str(one.get("name", ""))
            for i, one in enumerate(_part(content, "categories", list, "the file", path))
        }
        self._things: dict[int, list[Thing]] = {}
        items = _part(content, "annotations", list, "the file", path)
        for item, thing in zip(items, _coco_things(items, path, labels, names)):
            key = _whole(item, "image_id", thing.what, path)
            self._things.setdefault(key, []).append(thing)

    def file_name(self, number: int) -> str:
        name: str = _part(self.images[number], "file_name", str, f"image {number}", self.path)
        return name

    def annotation(self, number: int) -> Annotation:
        image, what = self.images[number], f"image {number}"
        things = self._things.get(_whole(image, "id", what, self.path), [])
        return Annotation(things, _coco_size(image, what, self.path))


def read_json(path: Path) -> Any:
    """The value in a JSON file; DataError with file and line if it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"cannot read the annotation '{path}': {error.strerror}") from error
    except UnicodeDecodeError:
        raise DataError("it is no JSON: not UTF-8", file=str(path)) from None
    except json.JSONDecodeError as error:
        raise DataError(f"it is no JSON: {error.msg}", file=str(path), line=error.lineno) from None
    except RecursionError:
        raise DataError("it is nested too deeply", file=str(path)) from None


def _coco_things(
    items: Sequence[Any], path: Path, labels: LabelMap, names: dict[int, str]
) -> Iterator[Thing]:
    """names: of categories.  The label map may have a category's name or its number; without
    one the number is the label."""
    for i, item in enumerate(items, 1):
        what = f"object {i}"
        category = _whole(item, "category_id", what, path)
        name = names.get(category, "")
        what = f"{what} ('{name}')" if name else what
        box = _part(item, "bbox", list, what, path)
        if len(box) != 4:
            raise DataError(
                f"{what}: bbox has {len(box)} numbers", "x, y, width, height", file=str(path)
            )
        x, y, w, h = (_number(value, f"{what}: a number of bbox", path) for value in box)
        with _naming(what, path):
            label = _coco_label(category, name, labels)
        yield Thing(what, label, (x, y, x + w, y + h), bool(item.get("iscrowd", 0)))


def _coco_label(category: int, name: str, labels: LabelMap) -> int:
    if not labels.labels:
        return category
    return labels.labels[name] if name in labels.labels else labels.label(str(category))


def _coco_size(image: Any, what: str, path: Path) -> Size:
    height, width = (_whole(image, name, what, path) for name in ("height", "width"))
    if min(height, width) < 1:
        raise DataError(f"{what} is {height} x {width}", "correct it", file=str(path))
    return height, width


def _part(owner: Any, name: str, kind: type, what: str, path: Path) -> Any:
    value = owner.get(name) if isinstance(owner, dict) else None
    if not isinstance(value, kind):
        words: dict[Any, str] = {dict: "object", list: "list", str: "text"}
        raise DataError(f'{what} has no {words[kind]} "{name}"', file=str(path))
    return value


def _whole(owner: Any, name: str, what: str, path: Path) -> int:
    value = owner.get(name) if isinstance(owner, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or value != int(value):
        raise DataError(f'{what} has no whole number "{name}"', file=str(path))
    return int(value)


READERS: dict[str, Reader] = {"xml": read_voc, "json": read_coco_image, "txt": read_lines}
