"""Message -> protobuf text, in the plain subset that every reader of prototxt understands.

One field a line, no lists, no angle brackets, numbers with a digit before the point, strings
in double quotes and one piece, bytes that are not UTF-8 in octal.  The one exception is a
shape of a single axis, `dim: [2]`: two of the well-known viewers take a lone `dim: 2` for a
number and fail on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from . import caffe_pb2 as pb
from .octets import octet

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def format(message: Message) -> str:
    """The text of a message; `parse` gives the message back."""
    return "".join(line + "\n" for line in _lines(message, ""))


def _lines(message: Message, indent: str) -> Iterator[str]:
    lone = isinstance(message, pb.BlobShape) and len(message.dim) == 1
    for field, value in message.ListFields():
        for item in value if _is_repeated(field, value) else [value]:
            if field.message_type:
                yield f"{indent}{field.name} {{"
                yield from _lines(item, indent + "  ")
                yield indent + "}"
            elif lone:
                yield f"{indent}{field.name}: [{item}]"
            else:
                yield f"{indent}{field.name}: {scalar(field, item)}"


def _is_repeated(field: FieldDescriptor, value: Any) -> bool:
    return hasattr(value, "append") or bool(field.message_type and hasattr(value, "add"))


def scalar(field: FieldDescriptor, value: Any) -> str:
    """The text of one value."""
    if field.enum_type:
        return str(field.enum_type.values_by_number[value].name)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return "true" if value else "false"
    if field.type == FieldDescriptor.TYPE_FLOAT:
        return _shortest(np.float32(value))
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return _shortest(np.float64(value))
    if field.type == FieldDescriptor.TYPE_STRING:
        return f'"{"".join(_character(c) for c in value)}"'
    if field.type == FieldDescriptor.TYPE_BYTES:
        return f'"{"".join(_byte(b) for b in value)}"'
    return str(value)


def _shortest(value: np.floating) -> str:
    """The fewest digits that read back as the same number: 0.01, 1e-05, 2."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e16 else str(value)


def _character(c: str) -> str:
    if (byte := octet(c)) is not None:
        return f"\\{byte:03o}"
    return _ESCAPES.get(c) or (c if c >= " " and c != "\x7f" else f"\\{ord(c):03o}")


def _byte(b: int) -> str:
    return _character(chr(b)) if b < 128 else f"\\{b:03o}"
