"""Protobuf text -> message and map of lines, in one pass.

protobuf has a parser of its own.  This one exists for its errors, which say what to write
instead, and for the lines: every later error about a layer names the place in the file.
"""

from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf.message import Message

from ..errors import PrototxtError
from .fork_tags import FIRST
from .forks import hint_for, other_kind
from .source_map import Place
from .tokens import Tokens
from .values import Field, Spec, spec_of

M = TypeVar("M", bound=Message)

_DEEPEST = 100  # messages inside each other; Caffe's own schema needs five
_CLOSING = {"{": "}", "<": ">"}


def parse(text: str, message_type: type[M], file: str | None = None) -> tuple[M, Place]:
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
        self, message: Message, place: Place, prefix: str, closing: str, opened: int | None
    ) -> None:
        """Fields up to `closing` into `message`; opened: where its name stands."""
        tokens, spec = self.tokens, spec_of(message.DESCRIPTOR)
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
        self, message: Message, spec: Spec, place: Place, prefix: str, counts: dict[str, int]
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

    def _list(self, message: Message, field: Field, place: Place, where: tuple, count: int) -> int:
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

    def _value(
        self, message: Message, field: Field, place: Place, where: tuple, count: int
    ) -> None:
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
            if spec_of(field.message).placed:
                part = Place(tokens.file, tokens.line(pos))
                place.parts.setdefault(name, []).append(part)
                self.message(child, part, "", closing, pos)
            else:
                self.message(child, place, path + ".", closing, pos)
        else:
            assert field.read is not None
            value = field.read(tokens, field)
            if field.repeated:
                getattr(message, name).append(value)
            else:
                setattr(message, name, value)

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
            if field.message_type
            and word in field.message_type.fields_by_name
            and max(field.number, field.message_type.fields_by_name[word].number) < FIRST
        ]
        outer = [d for d in self.around[:-1] if word in d.fields_by_name]
        if outer:
            hint = f"it belongs to {outer[-1].name}: is a '}}' missing before it?"
        elif other := other_kind(descriptor.name, word):
            hint = other
        elif 1 <= len(inside) <= 8:
            hint = f"it belongs into {' or '.join(inside)}"
        else:
            hint = hint_for(descriptor.name, word, list(descriptor.fields_by_name))
        hint = self.tokens.template() or hint
        return self.tokens.error(f"{descriptor.name} has no field {self.tokens.shown()}", hint)


def _short(message: Message) -> str:
    return str(message.DESCRIPTOR.name)


def _word_at(text: str, pos: int) -> str:
    end = pos
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[pos:end]
