"""Where blanks go: new fields look like their neighbours, and leave these as they are."""

from __future__ import annotations

import re
import textwrap

from .tree import Block, Field

_BLANK = re.compile(r"\s*")
_WIDTH = 96  # of comments that are wrapped


def wrapped(*paragraphs: str) -> str:
    """Lines of a comment, none of them long.  What begins with "-" goes on below its words.

    >>> [len(line) for line in wrapped("For use:", "-" + " word" * 20).splitlines()]
    [8, 96, 6]
    >>> wrapped("-" + " word" * 20).splitlines()[1]
    '  word'
    """
    return "\n".join(
        line
        for words in paragraphs
        for line in textwrap.wrap(words, _WIDTH, subsequent_indent="  " * words.startswith("-"))
    )


def line_end(text: str) -> str:
    """How lines of a text end."""
    return "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"


def unit_of(root: Block) -> str:
    """By how much a text indents what is inside a message."""
    for part in root.fields:
        for item in part.items:
            if isinstance(item.body, Block) and item.body.fields:
                before = item.body.fields[0].before
                if has_break(before) and _indent(before) > (outer := _indent(part.before)):
                    return _indent(before)[len(outer) :]
    return "  "


def insert(block: Block, index: int, new: Field, end: str, indent: str) -> None:
    """Put a field into a message, in front of fields[index].

    end, indent: how a line ends, and what stands before the fields of this message, where no
    neighbour shows it.
    """
    new.before = gap(block, index, end, indent)
    following = block.fields[index] if index < len(block.fields) else None
    if index == 0 and not block.open and following:  # what heads the file stays at its head
        new.before, following.before = following.before, end
    elif index == 0 and not block.open:
        new.before, block.tail = block.tail, end
    elif not block.fields and not block.tail and new.before == " ":
        block.tail = " "
    block.fields.insert(index, new)
    mend(block, end)


def gap(block: Block, index: int, end: str, indent: str) -> str:
    """What stands before a new field: as many line breaks and blanks as before a neighbour."""
    if index == 0 and not block.open:
        return ""
    commented = "#" in (block.fields[index - 1].after if index else block.open)
    near = [block.fields[i] for i in (index - 1, index, index - 2) if 0 <= i < len(block.fields)]
    for neighbour in near:
        if neighbour is block.fields[0] and not block.open:
            continue  # it begins the file
        blank = _BLANK.match(neighbour.before)
        assert blank is not None
        breaks = len(re.findall(r"\r\n|\r|\n", blank[0]))
        if breaks:
            return end * breaks + _indent(neighbour.before)
        return end + indent if commented else " "
    if not block.open or commented or has_break(block.tail):
        return end + indent
    return " "


def remove(block: Block, old: Field, end: str) -> None:
    """Take a field out, with the comment that stands right above it or in its line.

    Comments further above stay, and so do those at the head of the file.
    """
    index = block.fields.index(old)
    at_head = index == 0 and not block.open
    kept = old.before if at_head and "#" in old.before else detached(old.before)
    del block.fields[index]
    rest = block.fields[index].before if index < len(block.fields) else block.tail
    if at_head and not kept:
        rest = rest.lstrip("\r\n")
    elif at_head and kept.endswith(("\n", "\r")) and has_break(rest[:2]):
        kept = kept.rstrip("\r\n")
    if index < len(block.fields):
        block.fields[index].before = kept + rest
    else:
        block.tail = kept + rest
    mend(block, end)


def detached(before: str) -> str:
    """Of what stands before a field: all up to the last comment that a blank line follows."""
    ends = [match.start() for match in re.finditer(r"(?:\r\n|\r(?!\n)|\n)[ \t]*(?=\r|\n)", before)]
    for end in reversed(ends):
        if "#" in before[:end]:
            return before[:end]
    return ""


def mend(block: Block, end: str) -> None:
    """A blank between fields that would run into one another, a break after a comment."""
    previous = block.open
    following = [(part, part.before) for part in block.fields] + [(None, block.tail + block.close)]
    for part, text in following:
        last = previous.rpartition("\n")[2].rpartition("\r")[2]
        if part is not None:
            if not text and previous and (previous[-1].isalnum() or previous[-1] in "_."):
                part.before = " "
            previous = part.after or _ending(part)
            if "#" in last and not has_break(text):
                part.before = end + part.before.lstrip(" \t")
        elif "#" in last and block.close and not has_break(block.tail):
            block.tail = end + block.tail


def _ending(part: Field) -> str:
    """The last characters of a field that has no separator; no comment is among them."""
    if part.closing:
        return "]"
    body = part.items[-1].body
    return "}" if isinstance(body, Block) else body[-1:]


def has_break(text: str) -> bool:
    return "\n" in text or "\r" in text


def _indent(before: str) -> str:
    """The blanks of the last line."""
    last = re.split(r"[\r\n]", before)[-1]
    return last if not last.strip() else ""


def indent_of(part: Field, outer: str) -> str:
    """What stands before a field in its line; outer: if it does not begin one."""
    return _indent(part.before) if has_break(part.before) else outer


def inner_indent(root: Block, block: Block, part: Field | None = None) -> str:
    """What stands, or would stand, before the fields of a message where they begin a line.

    part: one of them, whose own indentation counts.
    """
    for near in [part, *block.fields] if part else block.fields:
        if has_break(near.before) and not (near is block.fields[0] and not block.open):
            return _indent(near.before)
    if not block.open:
        return ""
    outer = ""
    for holder in _holders(root, block):
        outer = indent_of(holder, outer)
    return outer + unit_of(root)


def line_of(root: Block, block: Block) -> int | None:
    """The line in which a message begins; None for the file as a whole."""
    holders = _holders(root, block)
    return root.line(holders[-1]) if holders else None


def _holders(root: Block, block: Block) -> list[Field]:
    """The fields around a message, from the outermost to its own."""
    for part in root.fields:
        for item in part.items:
            if item.body is block:
                return [part]
            if isinstance(item.body, Block) and (inner := _holders(item.body, block)):
                return [part, *inner]
    return []
