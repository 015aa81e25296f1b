"""From files to findings: every rule on every file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import ProtonetError, PrototxtError
from ..proto import caffe_pb2 as pb
from ..proto.text import content_of, parse
from .finding import Finding, Place
from .rule import RULES
from .subject import Options, Subject, kind_of, read

_Key = tuple[str, str, int, int, str, str]


def check_file(path: str | os.PathLike, options: Options | None = None) -> list[Finding]:
    """All findings about a net, or about a solver and its nets, in the order of their places.

    Nothing is raised for what is wrong with the file: that is a finding.
    """
    file = os.fspath(path)
    try:
        text = content_of(Path(file))[0]
    except PrototxtError as error:
        return _findings(Subject(file, unreadable=[error]), {file: []})
    return check_text(text, file, options)


def check_text(text: str, file: str, options: Options | None = None) -> list[Finding]:
    """The same for a text; file: what it is called, and where its neighbours are."""
    return _findings(read(text, file, options or Options()), {file: text.split("\n")})


def files_in(path: str) -> list[str]:
    """The file itself; of a folder the nets and solvers in it and below, in order: its .prototxt
    files but those that hold maps of labels.  PrototxtError if there are none."""
    if not os.path.isdir(path):
        return [path]
    files = [each for each in sorted(Path(path).rglob("*.prototxt")) if each.is_file()]
    found = [str(each) for each in files if not _is_label_map(each)]
    if not found:
        raise PrototxtError("no .prototxt in this folder", "name the file", file=path)
    return found


def is_solver(path: str) -> bool:
    """Is it a file, and more a solver than a net?"""
    try:
        return kind_of(content_of(Path(path))[0]) is pb.SolverParameter
    except PrototxtError:
        return False


def _is_label_map(path: Path) -> bool:
    try:
        return bool(parse(content_of(path)[0], pb.LabelMap)[0].item)
    except PrototxtError:
        return False


def _findings(subject: Subject, texts: dict[str, list[str]]) -> list[Finding]:
    found: dict[_Key, Finding] = {}
    for cls in RULES.values():
        for error in cls().find(subject):
            if not isinstance(error, ProtonetError):
                raise error
            place = _place(error, subject.file, texts)
            layer, kind = error.layer or "", error.layer_type or ""
            finding = Finding(
                place, cls.code, cls.severity, layer, kind, _one_line(error.what), error.hint
            )
            found.setdefault((cls.code, *place, layer, error.field or ""), finding)
    return sorted(found.values())


def _one_line(what: str) -> str:
    return " ".join(what.split())


def _place(error: ProtonetError, file: str, texts: dict[str, list[str]]) -> Place:
    name, line = error.file or file, error.line or 1
    if name not in texts:
        texts[name] = _lines(name)
    lines = texts[name]
    if error.column is not None or line > len(lines):
        return Place(name, line, error.column or 1)
    return Place(name, line, column_of(lines[line - 1], error.field or ""))


def column_of(line: str, field: str) -> int:
    """Where a field stands in its line, 1-based; where the line begins if it is not found.

    >>> column_of('  bottom: "a" bottom: "b"', "bottom[1]")
    15
    """
    path, _, number = field.rpartition("[")
    name = (path or field).rpartition(".")[2]
    found = [m.start() for m in re.finditer(rf"\b{re.escape(name)}\b(?=\s*[:{{<])", line)]
    if name and found:
        index = int(number[:-1]) if path and number[:-1].isdecimal() else 0
        return found[min(index, len(found) - 1)] + 1
    return len(line) - len(line.lstrip()) + 1


def _lines(file: str) -> list[str]:
    try:
        return content_of(Path(file))[0].split("\n")
    except PrototxtError:
        return []


def check_all(paths: Sequence[str], options: Options | None = None) -> Iterator[list[Finding]]:
    """The findings of each file, those that a file before has had left out: a solver tells of its
    nets too."""
    told: set[tuple[Place, str, str]] = set()
    for path in paths:
        fresh = [
            f for f in check_file(path, options) if (_real(f.place), f.code, f.layer) not in told
        ]
        told.update((_real(f.place), f.code, f.layer) for f in fresh)
        yield fresh


def _real(place: Place) -> Place:
    return place._replace(file=os.path.realpath(place.file))
