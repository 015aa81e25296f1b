"""Net and solver definitions: from a path, a text or a message to what the rest works with.

>>> definition = read_net("models/lenet.prototxt")  # upgraded to current layers, with lines
>>> definition.message.name
'LeNet'
>>> print(format(read_solver("net: 'x.prototxt' base_lr: .1").message), end="")
base_lr: 0.1
net: "x.prototxt"
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from google.protobuf.message import Message

from .. import budget
from ..errors import PrototxtError
from ..files import why_unreadable
from . import caffe_pb2 as pb
from .foreign import kind_of
from .parser import parse
from .printer import format
from .source_map import Definition, Place, SolverDefinition
from .upgrade import upgrade_net, upgrade_solver

M = TypeVar("M", bound=Message)


class Text(NamedTuple):
    """A definition that is at hand, of a file that may say otherwise."""

    text: str
    file: str | None


#: What a definition is read from.
Source = str | os.PathLike | Text

__all__ = ["Text", "content_of", "format", "parse", "read_net", "read_solver", "read_text"]


def read_net(source: Source | Message) -> Definition:
    """A net of any age as current layers.  source: path, text or NetParameter."""
    message, place, root = _read(source, pb.NetParameter)
    return upgrade_net(message, place, root).definition


def read_solver(source: Source | Message) -> SolverDefinition:
    """A solver; source: path, text or SolverParameter."""
    message, place, root = _read(source, pb.SolverParameter)
    return upgrade_solver(message, place, root).definition


def read_text(source: Source, message_type: type[M]) -> tuple[M, Place, Path]:
    """Message, lines and folder of a definition as it stands, nothing upgraded."""
    text, file = content_of(source, message_type)
    return *parse(text, message_type, file), Path(file or "").parent


def content_of(source: Source, *kinds: type[Message]) -> Text:
    """The text of a definition of one of these kinds, and its file; bytes that are not UTF-8
    as Python's surrogates."""
    if isinstance(source, Text):
        return source
    if isinstance(source, str) and any(_is_text(source, kind) for kind in kinds):
        return Text(source, None)
    return Text(_content(Path(source)), str(source))


def _read(source: Any, message_type: type[M]) -> tuple[M, Place, Path]:
    if isinstance(source, (str, os.PathLike, Text)):
        return read_text(source, message_type)
    found = getattr(getattr(source, "DESCRIPTOR", None), "full_name", type(source).__name__)
    if found != message_type.DESCRIPTOR.full_name:
        wanted = message_type.DESCRIPTOR.name
        raise PrototxtError(f"expected a path, a text or a {wanted}, not {found}")
    if not isinstance(source, message_type):  # the class of another caffe_pb2
        return message_type.FromString(source.SerializePartialToString()), Place(), Path()
    copy = message_type()
    copy.CopyFrom(source)
    return copy, Place(), Path()


def _is_text(source: str, message_type: type[Message]) -> bool:
    """Text or path?  Text has several lines, or a brace, or begins with a known field."""
    if "\n" in source:
        return True
    if "{" in source:
        return not os.path.exists(source)
    first = re.match(r"\s*(\w+)\s*[:<]", source)  # a drive's letter is no field's name
    return bool(first and first[1] in message_type.DESCRIPTOR.fields_by_name)


def _content(path: Path) -> str:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        what, hint = why_unreadable(path, error)
        raise PrototxtError(what, hint, file=str(path)) from error
    what = hint = ""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        what, hint = "the text is UTF-16", "save it as UTF-8"
    elif kind := kind_of(content[:4096]):
        what = f"this is no definition, but {kind}"
    elif _is_binary(content):
        what, hint = "this is a binary file, not a definition", "give it as weights instead"
    if what:
        raise PrototxtError(what, hint, file=str(path))
    try:
        budget.refuse("memory", _most_memory(content), "what it may take to read it", PrototxtError)
    except PrototxtError as error:
        raise error.at(file=str(path)) from None
    return content.decode(errors="surrogateescape")


def _most_memory(content: bytes) -> int:
    """Bytes that reading a text may take: for each character, field, value and line as much as
    the most costly has been seen to."""
    fields = sum(map(content.count, (b":", b",", b"{", b"<", b"[")))
    return 10 * len(content) + 40 * content.count(b"\n") + 150 * fields


def _is_binary(content: bytes) -> bool:
    """Text has no control characters but blanks; weight files have them from the start."""
    head = content[:4096]
    return content.startswith(b"\x89HDF") or any(b < 32 and b not in b"\t\n\v\f\r" for b in head)
