"""Protobuf text -> message and map of lines, in one pass.

protobuf has a parser of its own.  This one exists for its errors, which say what to write
instead, and for the lines: every later error about a layer names the place in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from ..errors import PrototxtError, did_you_mean
from .source_map import Place
from .tokens import Tokens, floating, integer, unquote

_DEEPEST = 100  # messages inside each other; Caffe's own schema needs five
_PLACED = {"caffe.NetParameter", "caffe.LayerParameter", "caffe.V1LayerParameter"}
_CLOSING = {"{": "}", "<": ">"}
_INFINITE = {"inf", "infinity", "inff", "infinityf"}
_NOT_A_NUMBER = {"nan", "nanf"}
_TRUE, _FALSE = {"true", "True", "t"}, {"false", "False", "f"}
_RANGES = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}


@dataclass
class _Field:
    """What the parser needs to know of a field."""

    name: str
    repeated: bool
    message: Any = None  # its descriptor, if the field is a message
    values: dict[str, int] | None = None  # of an enum
    limits: tuple[int, int] = (0, 0)  # of a whole number
    read: Callable[[_Parser, _Field], Any] | None = None


@dataclass
class _Spec:
    fields: dict[str, _Field]
    required: list[str]
    placed: bool


def parse(text: str, message_type: Any, file: str | None = None) -> tuple[Any, Place]:
    """The message that `text` describes, and the lines of its fields."""
    tokens = Tokens(text, file)
    message, place = message_type(), Place(file, 1)
    _Parser(tokens).message(message, place, "", "", None)
    return message, place


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.around: list[Any] = []  # descriptors of the messages we are in

    def message(
        self, message: Any, place: Place, prefix: str, closing: str, opened: int | None
    ) -> None:
        """Fields up to `closing` into `message`; opened: where its name stands."""
        tokens, spec = self.tokens, _spec(message.DESCRIPTOR)
        self.around.append(message.DESCRIPTOR)
        if len(self.around) > _DEEPEST:
            raise tokens.error(f"more than {_DEEPEST} messages inside each other")
        counts: dict[str, int] = {}
        while not (tokens.kind == "symbol" and tokens.text == closing):
            if tokens.kind == "end":
                if not closing:
                    break
                raise self._unclosed(closing, opened)
            self._field(message, spec, place, prefix, counts)
        for name in spec.required:
            if name not in counts:
                what = f"{name} is missing: {_short(message)} requires it"
                raise tokens.error(what, f"add {name}: ...", opened or 0)
        self.around.pop()
        if closing:
            tokens.advance()

    def _field(
        self, message: Any, spec: _Spec, place: Place, prefix: str, counts: dict[str, int]
    ) -> None:
        tokens, pos = self.tokens, self.tokens.pos
        if tokens.kind != "word":
            raise self._no_field()
        field = spec.fields.get(tokens.text)
        if field is None:
            raise self._unknown(tokens.text, message.DESCRIPTOR)
        tokens.advance()
        count = counts.get(field.name, 0)
        if count and not field.repeated:
            first = place.line_of(prefix + field.name)
            raise tokens.error(
                f"{field.name} stands here a second time (first in line {first})",
                "leave one of the two",
                pos,
            )
        colon = tokens.take(":")
        if not colon and not field.message:
            raise tokens.error(f"a ':' is missing after {field.name}", tokens.template())
        where = field.name, pos, prefix
        if field.repeated and tokens.take("["):
            counts[field.name] = count + self._list(message, field, place, where, count)
        else:
            self._value(message, field, place, where, count)
            counts[field.name] = count + 1
        if not tokens.take(","):
            tokens.take(";")

    def _list(self, message: Any, field: _Field, place: Place, where: tuple, count: int) -> int:
        tokens, start = self.tokens, count
        if tokens.take("]"):
            return 0
        while True:
            self._value(message, field, place, (field.name, tokens.pos, where[2]), count)
            count += 1
            if tokens.take("]"):
                return count - start
            if not tokens.take(","):
                line = tokens.line(where[1])
                raise tokens.error(
                    f"expected ',' or ']' in the list {field.name} of line {line}, "
                    f"not {tokens.shown()}"
                )

    def _value(self, message: Any, field: _Field, place: Place, where: tuple, count: int) -> None:
        """One value, scalar or message, into `message`; its line into `place`."""
        tokens, (name, pos, prefix) = self.tokens, where
        path = f"{prefix}{name}[{count}]" if count else prefix + name
        place.fields[path] = tokens.line(pos)
        if field.message:
            closing = _CLOSING.get(tokens.text) if tokens.kind == "symbol" else None
            if closing is None:
                raise tokens.error(
                    f"{name} is a message: expected '{{', not {tokens.shown()}",
                    f"write {name} {{ ... }}",
                )
            tokens.advance()
            child = getattr(message, name)
            if field.repeated:
                child = child.add()
            else:
                child.SetInParent()
            if _spec(field.message).placed:
                part = Place(tokens.file, tokens.line(pos))
                place.parts.setdefault(name, []).append(part)
                self.message(child, part, "", closing, pos)
            else:
                self.message(child, place, path + ".", closing, pos)
        else:
            assert field.read is not None
            value = field.read(self, field)
            if field.repeated:
                getattr(message, name).append(value)
            else:
                setattr(message, name, value)

    # Values.  Each reads the token in front and steps over it.

    def _wrong(self, field: _Field, wants: str, hint: str = "") -> PrototxtError:
        tokens = self.tokens
        return tokens.error(
            f"{field.name} wants {wants}, not {tokens.shown()}", tokens.template() or hint
        )

    def whole(self, field: _Field) -> int:
        low, high = field.limits
        wants = f"a whole number of {low} to {high}"
        start = self.tokens.pos
        minus = self.tokens.take("-")
        value = integer(self.tokens.text) if self.tokens.kind == "number" else None
        if value is None:
            unquoted = self.tokens.kind == "string" and "leave out the quotes"
            raise self._wrong(field, wants, unquoted or "")
        value = -value if minus else value
        if not low <= value <= high:
            text = self.tokens.source[start : self.tokens.pos + len(self.tokens.text)]
            short = text if len(text) <= 40 else text[:37] + "..."
            raise self.tokens.error(f"{field.name} wants {wants}, not {short}", pos=start)
        self.tokens.advance()
        return value

    def real(self, field: _Field) -> float:
        minus = self.tokens.take("-")
        kind, text = self.tokens.kind, self.tokens.text
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
            raise self._wrong(field, "a number", hint)
        self.tokens.advance()
        return -value if minus else value

    def truth(self, field: _Field) -> bool:
        kind, text = self.tokens.kind, self.tokens.text
        number = integer(text) if kind == "number" else None
        if not (number in (0, 1) or (kind == "word" and text in _TRUE | _FALSE)):
            raise self._wrong(field, "true or false")
        self.tokens.advance()
        return number == 1 or text in _TRUE

    def string(self, field: _Field) -> str:
        pos = self.tokens.pos
        try:
            return self.octets(field).decode()
        except UnicodeDecodeError:
            raise self.tokens.error(f"{field.name} is not UTF-8 text", pos=pos) from None

    def octets(self, field: _Field) -> bytes:
        tokens = self.tokens
        if tokens.kind != "string":
            word = tokens.text if tokens.kind in ("word", "number") else "..."
            hint = f'write {field.name}: "{word}"'
            if field.name == "type" and word.isupper():
                hint = 'like type: "ReLU"; bare words in capitals belong into old "layers"'
            raise self._wrong(field, "a string in quotes", hint)
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

    def choice(self, field: _Field) -> int:
        tokens, values = self.tokens, field.values or {}
        start = tokens.pos
        minus = tokens.take("-")
        known = ", ".join(values) if len(values) <= 6 else ""
        if tokens.kind == "number":
            number = integer(tokens.text)
            if number is None or (-number if minus else number) not in values.values():
                raise tokens.error(
                    f"{field.name} has no value number {tokens.text}", known and f"one of {known}",
                    start,
                )  # fmt: skip
            value = -number if minus else number
        elif tokens.kind == "word" and not minus and tokens.text in values:
            value = values[tokens.text]
        elif tokens.kind == "word":
            hint = did_you_mean(tokens.text, values) or (known and f"one of {known}")
            raise tokens.error(f"{field.name} has no value {tokens.shown()}", hint)
        else:
            hint = "leave out the quotes" if tokens.kind == "string" else ""
            raise self._wrong(field, f"one of {known}" if known else "a name in capitals", hint)
        tokens.advance()
        return value

    # Errors

    def _no_field(self) -> PrototxtError:
        tokens = self.tokens
        if tokens.text in ("}", ">"):
            return tokens.error(f"'{tokens.text}' closes nothing that '{{' or '<' opened")
        return tokens.error(
            f"expected the name of a field, not {tokens.shown()}", tokens.template()
        )

    def _unclosed(self, closing: str, opened: int | None) -> PrototxtError:
        tokens = self.tokens
        name = _word_at(tokens.source, opened or 0)
        line = tokens.line(opened or 0)
        return tokens.error(
            f"the text ends inside {name}, which began in line {line}",
            f"add the missing '{closing}'",
        )

    def _unknown(self, word: str, descriptor: Any) -> PrototxtError:
        """Elsewhere in the schema the word may be right: then say where."""
        inside = [
            field.name
            for field in descriptor.fields
            if field.message_type and word in field.message_type.fields_by_name
        ]
        outer = [d for d in self.around[:-1] if word in d.fields_by_name]
        if outer:
            hint = f"it belongs to {outer[-1].name}: is a '}}' missing before it?"
        elif 1 <= len(inside) <= 8:
            hint = f"it belongs into {' or '.join(inside)}"
        else:
            hint = did_you_mean(word, descriptor.fields_by_name.keys())
        hint = self.tokens.template() or hint
        return self.tokens.error(f"{descriptor.name} has no field '{word}'", hint)


def _short(message: Any) -> str:
    return str(message.DESCRIPTOR.name)


def _word_at(text: str, pos: int) -> str:
    end = pos
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[pos:end]


@cache
def _spec(descriptor: Any) -> _Spec:
    fields = {field.name: _read_field(field) for field in descriptor.fields}
    required = [field.name for field in descriptor.fields if _is(field, "required")]
    return _Spec(fields, required, descriptor.full_name in _PLACED)


def _is(field: Any, label: str) -> bool:
    """Is the field 'repeated' or 'required'?  (`label` is going out of use in protobuf.)"""
    if hasattr(field, f"is_{label}"):
        return bool(getattr(field, f"is_{label}"))
    return bool(field.label == getattr(field, f"LABEL_{label.upper()}"))


def _read_field(field: Any) -> _Field:
    known = _Field(field.name, _is(field, "repeated"))
    if field.message_type:
        known.message = field.message_type
    elif field.enum_type:
        known.values = {value.name: value.number for value in field.enum_type.values}
        known.read = _Parser.choice
    elif field.type in _RANGES:
        known.limits, known.read = _RANGES[field.type], _Parser.whole
    else:
        known.read = {
            FieldDescriptor.TYPE_FLOAT: _Parser.real,
            FieldDescriptor.TYPE_DOUBLE: _Parser.real,
            FieldDescriptor.TYPE_BOOL: _Parser.truth,
            FieldDescriptor.TYPE_STRING: _Parser.string,
            FieldDescriptor.TYPE_BYTES: _Parser.octets,
        }[field.type]
    return known
