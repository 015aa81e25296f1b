"""Protobuf text -> message and map of lines, in one pass.

protobuf has a parser of its own.  This one exists for its errors, which say what to write
instead, and for the lines: every later error about a layer names the place in the file.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from google.protobuf.message import Message

from .. import budget
from ..errors import PrototxtError, together
from .fork_tags import FIRST
from .forks import hint_for, other_kind
from .source_map import Place
from .tokens import Tokens, layer_at
from .values import Field, Spec, spec_of

M = TypeVar("M", bound=Message)

_DEEPEST = 100  # messages inside each other; Caffe's own schema needs five
_SEPARATORS = {",", ";"}
_CLOSING = {"{": "}", "<": ">"}
_VALUE = re.compile(r"[ \t\r\n\f\v]*[:{<]")  # what follows the name of a field
_LAYERS = {"caffe.LayerParameter", "caffe.V1LayerParameter"}
_MOST_UNKNOWN = 1000  # fields; then the text is something else


def parse(text: str, message_type: type[M], file: str | None = None) -> tuple[M, Place]:
    """The message that `text` describes, and the lines of its fields.

    PrototxtError: the first fault, in a layer with its name and type.  Fields and words of enums
    that nobody knows are passed over and told together at the end (`others`), or with the fault
    that ends it.
    """
    tokens = Tokens(text, file)
    message, place = message_type(), Place(file, 1)
    parser = _Parser(tokens)
    try:
        parser.message(message, place, "", "", None)
    except PrototxtError as error:
        raise together([*parser.unknown, parser.located(error)]) from error.__cause__
    if parser.unknown:
        parser.unknown[0].partial = message, place
        raise together([*parser.unknown])
    return message, place


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        #: The messages we are in: descriptor, and where the name of the field stands.
        self.around: list[tuple[Any, int | None]] = []
        self.unknown: list[PrototxtError] = []
        self.names: dict[int, tuple[str, str]] = {}  # layers that errors have asked for

    def located(self, error: PrototxtError) -> PrototxtError:
        """`error` with name and type of the layer we are in."""
        for descriptor, opened in reversed(self.around):
            if descriptor.full_name in _LAYERS and opened is not None:
                if opened not in self.names:
                    self.names[opened] = layer_at(self.tokens.source, opened)
                name, kind = self.names[opened]
                if name:
                    return error.at(layer=name, layer_type=kind or None)
        return error

    def message(
        self, message: Message, place: Place, prefix: str, closing: str, opened: int | None
    ) -> None:
        """Fields up to `closing` into `message`; opened: where its name stands."""
        tokens, spec = self.tokens, spec_of(message.DESCRIPTOR)
        self.around.append((message.DESCRIPTOR, opened))
        if len(self.around) > _DEEPEST:
            raise tokens.error(f"more than {_DEEPEST} messages inside each other")
        counts: dict[str, int] = {}
        while tokens.text != closing or tokens.kind == "end":
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
            self._pass_over(message.DESCRIPTOR, place)
            return
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
            hint = tokens.template()
            if field.name == "param" and tokens.text in ("{", "<"):
                hint = 'old "layers" have blobs_lr and weight_decay, new "layer" has param { }'
            raise tokens.error(f"a ':' is missing after {field.name}", hint)
        where = field.name, pos, prefix
        if field.repeated and tokens.take("["):
            counts[field.name] = count + self._list(message, field, place, where, count)
        else:
            self._value(message, field, place, where, count)
            counts[field.name] = count + 1
        self._separator()

    def _separator(self) -> None:
        if self.tokens.text in _SEPARATORS:
            self.tokens.advance()

    def _pass_over(self, descriptor: Any, place: Place) -> None:
        """Note a field that nobody knows, and step over it; raise what looks like no field."""
        tokens = self.tokens
        error = self._unknown(tokens.text, descriptor)
        if not _VALUE.match(tokens.source, tokens.pos + len(tokens.text)):
            raise error
        if len(self.unknown) >= _MOST_UNKNOWN:
            raise error
        self.unknown.append(self.located(error))
        word, pos = tokens.text, tokens.pos
        tokens.advance()
        tokens.take(":")
        start = tokens.pos
        if tokens.kind == "symbol" and tokens.text in "{<[":
            self._pass_over_brackets(word, pos)
        else:
            self._pass_over_scalar()
        if descriptor.full_name == "caffe.LayerParameter":
            place.unknown.setdefault(word, []).append(tokens.source[start : tokens.pos])
            place.fields.setdefault(word, tokens.line(pos))
        self._separator()

    def _pass_over_brackets(self, word: str, pos: int) -> None:
        tokens, depth = self.tokens, 0
        while True:
            if tokens.kind == "end":
                raise tokens.error(
                    f"the text ends inside {word}, which began in line {tokens.line(pos)}",
                    "add the missing '}'",
                )
            if tokens.kind == "symbol":
                depth += (tokens.text in "{<[") - (tokens.text in "}>]")
            tokens.advance()
            if not depth:
                return

    def _pass_over_scalar(self) -> None:
        tokens = self.tokens
        tokens.take("-")
        if tokens.kind not in ("word", "number", "string"):
            raise tokens.error(f"a value is missing before {tokens.shown()}", tokens.template())
        strings = tokens.kind == "string"
        tokens.advance()
        while strings and tokens.kind == "string":
            tokens.advance()

    def _pass_over_word(self, message: Message, field: Field, place: Place, path: str) -> None:
        """Note a word that an enum does not have, and step over it."""
        assert field.read is not None
        try:
            field.read(self.tokens, field)
        except PrototxtError as error:
            if len(self.unknown) >= _MOST_UNKNOWN:
                raise
            error.field = path
            self.unknown.append(self.located(error))
        if message.DESCRIPTOR.full_name == "caffe.V1LayerParameter" and path == "type":
            place.unknown[path] = [self.tokens.text]
        self.tokens.advance()

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
                if field.message.full_name in _LAYERS:
                    self._judge_number(count + 1)
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
            if field.values and tokens.kind == "word" and tokens.text not in field.values:
                self._pass_over_word(message, field, place, path)
                return
            value = field.read(tokens, field)
            if field.repeated:
                getattr(message, name).append(value)
            else:
                setattr(message, name, value)

    # Errors

    def _judge_number(self, layers: int) -> None:
        try:
            budget.refuse("layers", layers, "a net of more layers", PrototxtError)
        except PrototxtError as error:
            raise self.tokens.error(error.what, error.hint) from None

    def _no_field(self) -> PrototxtError:
        tokens = self.tokens
        if tokens.text in ("}", ">"):
            what = f"'{tokens.text}' closes nothing that '{{' or '<' opened"
            _, opened = self.around[-1]
            if opened is None:
                return tokens.error(what, "take it away, or look for one too many before it")
            name, closing = _word_at(tokens.source, opened), "}" if tokens.text == ">" else ">"
            return tokens.error(what, f"{name} of line {tokens.line(opened)} ends with '{closing}'")
        what = f"expected the name of a field, not {tokens.shown()}"
        if tokens.after_quote():
            return self._quote_missing()
        hint = tokens.template()
        if not hint and tokens.text == ",":
            hint = "one comma is enough, and none is needed"
        elif not hint and tokens.kind in ("number", "string"):
            hint = "several values stand in brackets, [1, 2], or each after the field's name"
        return tokens.error(what, hint)

    def _quote_missing(self) -> PrototxtError:
        """A string was not closed, so the next one's opening quote closed it."""
        tokens = self.tokens
        return tokens.error(
            f"a quote is missing in this line: a string ends right before {tokens.shown()}",
            "close each string where it should end",
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
        tokens = self.tokens
        if tokens.after_quote():
            return self._quote_missing()
        tokens.judge_next()
        inside = [
            field.name
            for field in descriptor.fields
            if field.message_type
            and word in field.message_type.fields_by_name
            and max(field.number, field.message_type.fields_by_name[word].number) < FIRST
        ]
        outer = [d for d, _ in self.around[:-1] if word in d.fields_by_name]
        what = f"{descriptor.name} has no field {tokens.shown()}"
        if outer:
            _, opened = self.around[-1]
            began = f"{_word_at(tokens.source, opened or 0)} began in line"
            hint = f"it belongs to {outer[-1].name}: is a '}}' missing before it"
            raise tokens.error(what, f"{hint} ({began} {tokens.line(opened or 0)})?")
        if other := other_kind(descriptor.name, word):
            raise tokens.error(what, other)
        hint = ""
        if 1 <= len(inside) <= 8:
            hint = f"it belongs into {' or '.join(inside)}"
        hint = (
            tokens.template()
            or hint
            or hint_for(descriptor.name, word, list(descriptor.fields_by_name))
        )
        error = tokens.error(what, hint)
        error.field = word
        return error


def _short(message: Message) -> str:
    return str(message.DESCRIPTOR.name)


def _word_at(text: str, pos: int) -> str:
    end = pos
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[pos:end]
