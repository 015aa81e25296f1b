"""New fields and values put into the tree, laid out as their neighbours are."""

from __future__ import annotations

import textwrap
from typing import Any

from . import layout
from .tree import Block, Field, Item, scan


class Writer:
    """Changes a tree.  Texts are those of `literal`; end: how lines end."""

    def __init__(self, root: Block, end: str) -> None:
        self.root, self.end = root, end

    def replace(self, block: Block, part: Field, item: Item, field: Any, text: str) -> None:
        """Give a value that is there another text."""
        if field.message_type:
            indent = layout.inner_indent(self.root, block, part)
            flat = not layout.has_break(part.before) and "\n" not in text.strip()
            item.body = self._new(field, text, indent, flat).items[0].body
        else:
            item.body = text
        layout.mend(block, self.end)

    def replace_all(self, block: Block, field: Any, texts: list[str]) -> None:
        """Give a repeated field these values."""
        entries = block.entries(field.name)
        for (part, item), text in zip(entries, texts):
            self.replace(block, part, item, field, text)
        for part, item in reversed(entries[len(texts) :]):
            self.remove(block, part, item)
        for text in texts[len(entries) :]:
            self.append(block, field, text)

    def append(self, block: Block, field: Any, text: str) -> Item:
        """A value behind the last of its field, else at the end of the message."""
        entries = block.entries(field.name)
        if entries and entries[-1][0].opening and not field.message_type:
            part, last = entries[-1]
            last.trail = last.trail or ","
            part.items.append(Item(last.lead if len(part.items) > 1 else " ", text))
            return part.items[-1]
        index = block.fields.index(entries[-1][0]) + 1 if entries else len(block.fields)
        return self.insert(block, index, field, text)

    def insert(self, block: Block, index: int, field: Any, text: str) -> Item:
        """A field of one value in front of fields[index]."""
        outer = layout.inner_indent(self.root, block)
        before = layout.gap(block, index, self.end, outer)
        broken = layout.has_break(before)
        indent = before.rpartition(self.end)[2] if broken else outer
        new = self._new(field, text, indent, flat=bool(block.open) and not broken)
        layout.insert(block, index, new, self.end, outer)
        return new.items[0]

    def make(self, block: Block, field: Any) -> Block:
        """An empty message at the end of a field."""
        body = self.append(block, field, "").body
        assert isinstance(body, Block)
        return body

    def remove(self, block: Block, part: Field, item: Item) -> None:
        """Take a value out, with its field if it is the only one."""
        if len(part.items) == 1:
            layout.remove(block, part, self.end)
            return
        index = part.items.index(item)
        if index == 0:
            part.items[1].lead = item.lead
        elif index == len(part.items) - 1:
            part.items[-2].trail = ""
        part.items.remove(item)

    def comment(self, block: Block, part: Field, lines: list[str]) -> None:
        """Lines of comment right above a field."""
        indent = layout.inner_indent(self.root, block, part)
        at_head = not block.open and part is block.fields[0]
        if not layout.has_break(part.before) and not at_head:
            part.before = part.before.rstrip(" \t") + self.end + indent
        part.before += "".join(f"# {line}{self.end}{indent}" for line in lines)

    def head(self, lines: list[str]) -> None:
        """Lines of comment, and a blank one, in front of all."""
        text = "".join(f"# {line}".rstrip() + self.end for line in lines) + self.end
        if self.root.fields:
            self.root.fields[0].before = text + self.root.fields[0].before
        else:
            self.root.tail = text + self.root.tail

    def _new(self, field: Any, text: str, indent: str, flat: bool) -> Field:
        """A field of its own; flat: all of a message in one line."""
        lines = textwrap.dedent(text.replace("\r\n", "\n").strip("\n")).rstrip().split("\n")
        if not field.message_type:
            source = f"{field.name}: {text}"
        elif not text.strip():
            source = f"{field.name} {{ }}"
        elif (len(lines) == 1 and "#" not in text) or (flat and "#" not in text):
            inside = " ".join(line.strip() for line in lines if line.strip())
            source = f"{field.name} {{ {inside} }}"
        else:
            inner = indent + layout.unit_of(self.root)
            inside = self.end.join(inner + line if line.strip() else "" for line in lines)
            source = f"{field.name} {{{self.end}{inside}{self.end}{indent}}}"
        return scan(source, field.containing_type).fields[0]
