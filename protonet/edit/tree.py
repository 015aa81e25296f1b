"""A prototxt with every character of it: fields and values, and what stands between them.

`scan(text, descriptor).text` is `text`.  Who changes a value or takes out a field leaves all
others as they were, comments and blanks with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..proto.tokens import Tokens
from ..proto.values import spec_of

_COMMENT = re.compile(r"[ \t]*#[^\n]*?(?=\r?(?:\n|\Z))")  # up to the end of its line
_CLOSING = {"{": "}", "<": ">", "[": "]"}


@dataclass(eq=False)
class Item:
    """A value: the text of a scalar, or a message.  lead: what stands before it; trail: in a
    list what follows it, up to its comma."""

    lead: str
    body: str | Block
    trail: str = ""

    def parts(self) -> Iterator[tuple[Field | None, str]]:
        yield None, self.lead
        if isinstance(self.body, Block):
            yield from self.body.parts()
        else:
            yield None, self.body
        yield None, self.trail


@dataclass(eq=False)
class Field:
    """A name with its value, or a list of values between opening "[" and closing "]".

    before: blanks and comments in front.  after: a separator, and a comment in the same line.
    """

    before: str
    name: str
    colon: str = ""
    opening: str = ""
    items: list[Item] = field(default_factory=list)
    closing: str = ""
    after: str = ""

    def parts(self) -> Iterator[tuple[Field | None, str]]:
        yield None, self.before
        yield self, self.name
        yield None, self.colon + self.opening
        for item in self.items:
            yield from item.parts()
        yield None, self.closing + self.after


@dataclass(eq=False)
class Block:
    """A message: its fields between open and close; tail: what stands before close.

    descriptor: of the message's type.
    """

    descriptor: Any
    open: str = ""
    fields: list[Field] = field(default_factory=list)
    tail: str = ""
    close: str = ""

    def parts(self) -> Iterator[tuple[Field | None, str]]:
        """All of the text in pieces, the name of each field together with the field."""
        yield None, self.open
        for part in self.fields:
            yield from part.parts()
        yield None, self.tail + self.close

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.parts())

    @property
    def inner(self) -> str:
        """The text without the braces."""
        return self.text[len(self.open) : -len(self.close) or None]

    def entries(self, name: str) -> list[tuple[Field, Item]]:
        """The values of a field in their order."""
        return [(part, item) for part in self.fields if part.name == name for item in part.items]

    def line(self, wanted: Field) -> int | None:
        """The line of a field anywhere inside."""
        end, count = "\n" if "\n" in self.text else "\r", 1
        for part, text in self.parts():
            if part is wanted:
                return count
            count += text.count(end)
        return None


def scan(text: str, descriptor: Any) -> Block:
    """The tree of a text that `parse` took as a message of that type."""
    return _Scanner(text).document(descriptor)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.tokens = text, Tokens(text, None)
        self.at = 0  # where the gap before the token in front begins

    def document(self, descriptor: Any) -> Block:
        block = Block(descriptor)
        self._fields(block, "")
        block.tail = self._gap()
        return block

    def _gap(self) -> str:
        return self.text[self.at : self.tokens.pos]

    def _step(self) -> str:
        """The token in front, with the gap before it; the next one comes in front."""
        start, tokens = self.at, self.tokens
        self.at = tokens.pos + len(tokens.text)
        tokens.advance()
        return self.text[start : self.at]

    def _comment(self) -> str:
        """A comment that follows in the same line."""
        start = self.at
        if match := _COMMENT.match(self.tokens.source, start):
            self.at = match.end()
        return self.text[start : self.at]

    def _is(self, symbols: str) -> bool:
        return self.tokens.kind == "symbol" and self.tokens.text in symbols

    def _fields(self, block: Block, closing: str) -> None:
        known = spec_of(block.descriptor).fields
        while self.tokens.kind != "end" and not (closing and self._is(closing)):
            before, name = self._gap(), self.tokens.text
            self._step()
            part = Field(before, name)
            if self._is(":"):
                part.colon = self._step()
            if name not in known:
                part.items = [self._opaque()]
            elif known[name].repeated and self._is("["):
                self._list(part, known[name].message)
            else:
                part.items = [self._value(known[name].message)]
            if self._is(",;"):
                part.after = self._step()
            part.after += self._comment()
            block.fields.append(part)

    def _list(self, part: Field, descriptor: Any) -> None:
        part.opening = self._step()
        while not self._is("]"):
            item = self._value(descriptor)
            if self._is(","):
                item.trail = self._step()
            part.items.append(item)
        part.closing = self._step()

    def _value(self, descriptor: Any) -> Item:
        lead = self._gap()
        if descriptor is None:
            return self._scalar()
        closing = _CLOSING[self.tokens.text]
        block = Block(descriptor, self._step()[len(lead) :])
        block.open += self._comment()
        self._fields(block, closing)
        block.tail = self._gap()
        block.close = self._step()[len(block.tail) :]
        return Item(lead, block)

    def _scalar(self) -> Item:
        lead, start = self._gap(), self.tokens.pos
        if self._is("-"):
            self._step()
        strings = self.tokens.kind == "string"
        self._step()
        while strings and self.tokens.kind == "string":
            self._step()
        return Item(lead, self.text[start : self.at])

    def _opaque(self) -> Item:
        """The value of a field that nobody knows, as it stands."""
        if not self._is("{<["):
            return self._scalar()
        lead, start, depth = self._gap(), self.tokens.pos, 0
        while True:
            depth += self._is("{<[") - self._is("}>]")
            self._step()
            if not depth:
                return Item(lead, self.text[start : self.at])
