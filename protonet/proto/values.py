"""Fields and their values: what a field of a message takes, and how it reads that.

`spec_of(descriptor)` is what the parser knows of a message; `field.read(tokens, field)` takes
the value in front, or raises an error that says what the field wants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from ..errors import PrototxtError, did_you_mean
from .fork_tags import FIRST
from .octets import decode
from .tokens import Tokens, floating, integer, unquote

_PLACED = {"caffe.NetParameter", "caffe.LayerParameter", "caffe.V1LayerParameter"}
_INFINITE = {"inf", "infinity", "inff", "infinityf"}
_NOT_A_NUMBER = {"nan", "nanf"}
_TRUE, _FALSE = {"true", "True", "t"}, {"false", "False", "f"}
_TRUTHS = dict.fromkeys(("true", "yes", "on"), "write true")
_TRUTHS |= dict.fromkeys(("false", "no", "off"), "write false")
_RANGES = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}


@dataclass
class Field:
    """What the parser needs to know of a field."""

    name: str
    repeated: bool
    message: Any = None  # its descriptor, if the field is a message
    values: dict[str, int] | None = None  # of an enum
    limits: tuple[int, int] = (0, 0)  # of a whole number
    read: Callable[[Tokens, Field], Any] | None = None


@dataclass
class Spec:
    fields: dict[str, Field]
    required: list[str]
    placed: bool


def _wrong(tokens: Tokens, field: Field, wants: str, hint: str = "") -> PrototxtError:
    if tokens.text == "]" and tokens.kind == "symbol":
        hint = "take away the comma before it"
    return tokens.error(
        f"{field.name} wants {wants}, not {tokens.shown()}", tokens.template() or hint
    )


def _whole(tokens: Tokens, field: Field) -> int:
    low, high = field.limits
    wants = f"a whole number of {low} to {high}"
    start = tokens.pos
    minus = tokens.take("-")
    value = integer(tokens.text) if tokens.kind == "number" else None
    if value is None:
        unquoted = tokens.kind == "string" and "leave out the quotes"
        raise _wrong(tokens, field, wants, unquoted or "")
    value = -value if minus else value
    if not low <= value <= high:
        text = tokens.source[start : tokens.pos + len(tokens.text)]
        short = text if len(text) <= 40 else text[:37] + "..."
        raise tokens.error(f"{field.name} wants {wants}, not {short}", pos=start)
    tokens.advance()
    return value


def _real(tokens: Tokens, field: Field) -> float:
    minus = tokens.take("-")
    kind, text = tokens.kind, tokens.text
    value: float | None = None
    if kind == "number":
        value = floating(text)
    elif kind == "word" and text.lower() in _INFINITE:
        value = float("inf")
    elif kind == "word" and text.lower() in _NOT_A_NUMBER:
        value = float("nan")
    if value is None:
        hint = "leave out the quotes" if kind == "string" else ""
        if kind == "number" and integer(text) is not None:
            hint = "write it in decimal, without leading zeros"
        raise _wrong(tokens, field, "a number", hint)
    tokens.advance()
    return -value if minus else value


def _truth(tokens: Tokens, field: Field) -> bool:
    kind, text = tokens.kind, tokens.text
    number = integer(text) if kind == "number" else None
    if not (number in (0, 1) or (kind == "word" and text in _TRUE | _FALSE)):
        raise _wrong(tokens, field, "true or false", _TRUTHS.get(text.lower().strip("\"'"), ""))
    tokens.advance()
    return number == 1 or text in _TRUE


def _string(tokens: Tokens, field: Field) -> str:
    text = tokens.text
    if tokens.kind == "string" and "\\" not in text and text.isascii():  # as nearly all are
        tokens.advance()
        if tokens.kind != "string":
            return text[1:-1]
        return text[1:-1] + decode(_octets(tokens, field))
    return decode(_octets(tokens, field))


def _octets(tokens: Tokens, field: Field) -> bytes:
    if tokens.kind != "string":
        word = tokens.text if tokens.kind in ("word", "number") else "..."
        hint = f'write {field.name}: "{word}"'
        if field.name == "type" and word.isupper():
            hint = 'like type: "ReLU"; bare words in capitals belong into old "layers"'
        raise _wrong(tokens, field, "a string in quotes", hint)
    value = b""
    while tokens.kind == "string":
        try:
            value += unquote(tokens.text)
        except ValueError as error:
            raise tokens.error(
                f"{error} in a string means nothing",
                "write \\\\ for a backslash; in file names / does as well",
            ) from None
        tokens.advance()
    return value


def _choice(tokens: Tokens, field: Field) -> int:
    values = field.values or {}
    start = tokens.pos
    minus = tokens.take("-")
    own = [name for name, number in values.items() if number < FIRST]
    known = ", ".join(own) if len(own) <= 6 else ""
    if tokens.kind == "number":
        number = integer(tokens.text)
        if number is None or (-number if minus else number) not in values.values():
            raise tokens.error(
                f"{field.name} has no value number {tokens.shown()}",
                known and f"one of {known}",
                start,
            )
        value = -number if minus else number
    elif tokens.kind == "word" and not minus and tokens.text in values:
        value = values[tokens.text]
    elif tokens.kind == "word":
        hint = did_you_mean(tokens.text, values) or (known and f"one of {known}")
        raise tokens.error(f"{field.name} has no value {tokens.shown()}", hint)
    else:
        hint = "leave out the quotes" if tokens.kind == "string" else ""
        if hint and field.name == "type" and len(values) > 6:
            hint = 'old "layers" have words like CONVOLUTION; types in quotes belong into "layer"'
        raise _wrong(tokens, field, f"one of {known}" if known else "a name in capitals", hint)
    tokens.advance()
    return value


@cache
def spec_of(descriptor: Any) -> Spec:
    fields = {field.name: _read_field(field) for field in descriptor.fields}
    required = [field.name for field in descriptor.fields if _is(field, "required")]
    return Spec(fields, required, descriptor.full_name in _PLACED)


def _is(field: Any, label: str) -> bool:
    """Is the field 'repeated' or 'required'?  (`label` is going out of use in protobuf.)"""
    if hasattr(field, f"is_{label}"):
        return bool(getattr(field, f"is_{label}"))
    return bool(field.label == getattr(field, f"LABEL_{label.upper()}"))


def _read_field(field: FieldDescriptor) -> Field:
    known = Field(field.name, _is(field, "repeated"))
    if field.message_type:
        known.message = field.message_type
    elif field.enum_type:
        known.values = {value.name: value.number for value in field.enum_type.values}
        known.read = _choice
    elif field.type in _RANGES:
        known.limits, known.read = _RANGES[field.type], _whole
    else:
        known.read = {
            FieldDescriptor.TYPE_FLOAT: _real,
            FieldDescriptor.TYPE_DOUBLE: _real,
            FieldDescriptor.TYPE_BOOL: _truth,
            FieldDescriptor.TYPE_STRING: _string,
            FieldDescriptor.TYPE_BYTES: _octets,
        }[field.type]
    return known
