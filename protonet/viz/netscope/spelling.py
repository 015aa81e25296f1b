"""The same fields and values, spelled as Netscope's grammar has them.

It knows no <>, no separators, no lists of messages or words, no comments inside a field, no
joined strings, few escapes, and decimal numbers with a digit before the point.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from ...edit import layout
from ...edit.literal import read
from ...edit.tree import Block, Field, Item
from ...edit.write import Writer
from ...errors import PrototxtError
from ...proto.printer import scalar

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?|-?(inf|nan)")
_STRING = re.compile(
    r'"([^"\\\x00-\x1f\ud800-\udfff\U00010000-\U0010ffff]|\\["\'\\bnrt])*"|'
    r"'([^'\\\x00-\x1f\ud800-\udfff\U00010000-\U0010ffff]|\\[\"'\\bnrt])*'"
)
#: What no string may hold: bytes in another encoding, what is beyond 16 bits, control letters.
_FOREIGN = re.compile(r"[\ud800-\udfff\U00010000-\U0010ffff]|(?![\b\n\r\t])[\x00-\x1f]")
_COMMENT = re.compile(r"#[^\n\r]*")
#: Blanks that are none to Netscope, and what ends a line, and so a comment, in JavaScript only.
_BLANKS = str.maketrans("\f\v\u2028\u2029", "    ")
_STRINGS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
_SHAPE = "BlobShape"


def respell(root: Block, end: str) -> Counter[str]:
    """Change a tree in place; what was changed, and how often.  end: of a line.

    Values that the schema does not know stay as they are.
    """
    changes: Counter[str] = Counter()
    _respell(root, Writer(root, end), changes)
    return changes


def plain_blanks(text: str) -> tuple[str, Counter[str]]:
    """A text, whose strings are respelled, with blanks that all readers know."""
    plain = text.removeprefix("\ufeff").translate(_BLANKS)
    what = "odd blanks became plain ones"
    return plain, Counter({what: 1} if plain != text else {})


def _respell(block: Block, writer: Writer, changes: Counter[str]) -> None:
    for part in [*block.fields]:
        _move_comments(block, part, writer, changes)
        if re.match(r"[;,]", part.after.lstrip()):
            part.after = part.after.lstrip()[1:]
            changes["separators between fields taken out"] += 1
        for item in part.items:
            if isinstance(item.body, Block):
                _respell(item.body, writer, changes)
                if item.body.open.startswith("<"):
                    item.body.open, item.body.close = "{" + item.body.open[1:], "}"
                    changes["< > became { }"] += 1
            elif field := block.descriptor.fields_by_name.get(part.name):
                _respell_scalar(field, item, changes)
        if _is_lone_axis(block, part):
            part.opening, part.closing = part.opening or " [", "]"
            part.items[0].lead = part.items[0].lead.strip()
        elif part.opening:
            _spell_out(block, part, writer, changes)
    layout.mend(block, writer.end)


def _is_lone_axis(block: Block, part: Field) -> bool:
    """Netscope takes `dim: 2` alone for a number, where a shape should be."""
    return block.descriptor.name == _SHAPE and len(block.entries(part.name)) == 1


def _spell_out(block: Block, part: Field, writer: Writer, changes: Counter[str]) -> None:
    """A field for each value of a list."""
    changes["lists spelled out"] += 1
    index = block.fields.index(part)
    if not part.items:
        layout.remove(block, part, writer.end)
        return
    messages = isinstance(part.items[0].body, Block)
    outer = layout.inner_indent(writer.root, block, part)
    between = writer.end + outer if messages or not block.open else " "
    made = [
        Field(between if i else part.before, part.name, "" if messages else ":", items=[item])
        for i, item in enumerate(part.items)
    ]
    for item in part.items:
        item.lead, item.trail = " ", ""
    made[-1].after = part.after
    block.fields[index : index + 1] = made


def _move_comments(block: Block, part: Field, writer: Writer, changes: Counter[str]) -> None:
    """Comments between a name and its value, or in a list, go above the field."""
    found: list[str] = []

    def taken(gap: str) -> str:
        comments = _COMMENT.findall(gap)
        found.extend(comment[1:].strip() for comment in comments)
        return " ".join(_COMMENT.sub("", gap).split()) if comments else gap

    part.colon, part.opening, part.closing = map(taken, (part.colon, part.opening, part.closing))
    for item in part.items:
        item.lead, item.trail = taken(item.lead) or item.lead[:1].strip() or " ", taken(item.trail)
    if found:
        writer.comment(block, part, found)
        changes["comments inside a field put above it"] += len(found)


def _respell_scalar(field: Any, item: Item, changes: Counter[str]) -> None:
    assert isinstance(item.body, str)
    text = item.body
    try:
        value = read(field, text)
    except PrototxtError:
        return  # a word that the schema does not know
    if field.type in _STRINGS:
        if not _STRING.fullmatch(text):
            item.body = _quoted(value, changes)
    elif field.enum_type or field.type == FieldDescriptor.TYPE_BOOL:
        item.body = scalar(field, value)
        if item.body != text:
            kind = "numbers of enums became words" if field.enum_type else "true or false in words"
            changes[kind] += 1
    elif not _NUMBER.fullmatch(text):
        item.body = scalar(field, value)
        changes["numbers in plain decimals"] += 1


def _quoted(value: str | bytes, changes: Counter[str]) -> str:
    text = value if isinstance(value, str) else value.decode("latin-1")
    plain = _FOREIGN.sub("?", text)
    if plain != text:
        changes["letters that Netscope cannot read became '?'"] += len(_FOREIGN.findall(text))
    else:
        changes["strings in one piece, with escapes that Netscope reads"] += 1
    return '"' + "".join(_escaped(plain)) + '"'


def _escaped(text: str) -> Iterator[str]:
    words = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b"}
    for letter in text:
        yield words.get(letter, letter)
