"""Values as they stand in a text, checked as the parser checks them."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from ..errors import PrototxtError
from ..proto.octets import decode
from ..proto.parser import parse
from ..proto.printer import format, scalar
from ..proto.tokens import Tokens
from ..proto.values import spec_of

_TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
_REALS = (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE)


def literal(field: Any, value: Any) -> str:
    """The text of a value for a field: of a message what stands between its braces.

    value: what protobuf takes for the field; the text of a message; the word of an enum.
    PrototxtError, worded as the parser's, if it is of the wrong kind.
    """
    if field.message_type:
        text = _message(field, value)
        parse(text, GetMessageClass(field.message_type))
        return text
    text = _scalar(field, value)
    read(field, text)
    return text


def literal_of_word(field: Any, word: str) -> str:
    """The same for a value as one types it: quotes may be missing, and a message has braces."""
    if field.message_type or (field.type in _TEXTS and word[:1] not in ("'", '"')):
        return literal(field, word)
    read(field, word)
    return word


def read(field: Any, text: str) -> Any:
    """The value that a text stands for.  PrototxtError if it is none for the field."""
    known = spec_of(field.containing_type).fields[field.name]
    tokens = Tokens(text, None)
    assert known.read is not None
    value = known.read(tokens, known)
    if tokens.kind != "end":
        raise tokens.error(f"{field.name} wants one value, not more: {text}")
    return value


def _message(field: Any, value: Any) -> str:
    if isinstance(value, Message) and value.DESCRIPTOR is field.message_type:
        return format(value)
    if isinstance(value, str):
        bare = value.strip()
        return bare[1:-1] if (bare[:1], bare[-1:]) in (("{", "}"), ("<", ">")) else value
    kind = field.message_type.name
    raise PrototxtError(f"{field.name} wants a {kind} or the text of one, not {value!r}")


def _scalar(field: Any, value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        with np.errstate(over="ignore"):
            return scalar(field, value) if field.type in _REALS else str(float(value))
    if field.type == FieldDescriptor.TYPE_BYTES and isinstance(value, str):
        value = value.encode()
    if field.type == FieldDescriptor.TYPE_STRING and isinstance(value, bytes):
        value = decode(value)
    if field.type in _TEXTS and isinstance(value, (str, bytes)):
        return scalar(field, value)
    if isinstance(value, str):
        return value if field.enum_type else f'"{value}"'
    raise PrototxtError(f"{field.name} takes one value, not {value!r}")
