"""The part of YAML in which Python layers and py-faster-rcnn keep their settings.

Maps and lists by indentation or in brackets, which takes in JSON and what Python prints of
dicts, lists and tuples; numbers, words, quoted text, true and false, null, and the tag
!!python/tuple.  Nothing is ever run: other tags, anchors and blocks of text are refused.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..errors import PrototxtError

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "on", "On"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "off", "Off"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL", "None"), None),
}
_CLOSING = {"[": "]", "{": "}", "(": ")"}
_QUOTED = re.compile(r"'((?:[^']|'')*)'|\"((?:[^\"\\]|\\.)*)\"")
_TUPLE = re.compile(r"!!python/tuple\s*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
#: How deep maps and lists may lie in one another.
_DEPTH = 50


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


def read(text: str) -> Any:
    """The value that a text holds: a dict, a list, a number, ...; an empty text is None.

    PrototxtError with the line, counted in this text, for what is not understood.
    """
    lines = list(_lines(text))
    if not lines:
        return None
    value, rest = _block(lines, 0, 0)
    if rest < len(lines):
        raise _fault(lines[rest], "this line is indented less or more than those before")
    return value


def _fault(line: _Line, what: str) -> PrototxtError:
    shown = line.text if len(line.text) <= 40 else line.text[:40] + "..."
    return PrototxtError(f"'{shown}': {what}", line=line.number)


def _lines(text: str) -> list[_Line]:
    """Lines without comments; those of one bracket are joined."""
    found: list[_Line] = []
    open_ = 0
    for number, raw in enumerate(text.splitlines(), 1):
        content = _without_comment(raw).rstrip()
        stripped = content.lstrip(" ")
        if stripped.startswith("\t"):
            raise _fault(_Line(number, 0, stripped.strip()), "indent with blanks, not with tabs")
        if not stripped or stripped in ("---", "..."):
            continue
        if open_ > 0:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {stripped}")
        else:
            found.append(_Line(number, len(content) - len(stripped), stripped))
        bare = _QUOTED.sub("", stripped)
        open_ += sum(bare.count(c) for c in "[{(") - sum(bare.count(c) for c in "]})")
    return found


def _without_comment(line: str) -> str:
    """The line up to a # that begins it or stands behind a blank, outside of quotes."""
    at = 0
    while at < len(line):
        quoted = _QUOTED.match(line, at)
        if quoted:
            at = quoted.end()
        elif line[at] == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
        else:
            at += 1
    return line


def _block(lines: list[_Line], start: int, depth: int) -> tuple[Any, int]:
    """The value that begins at a line, with all that is indented like it; where it ends."""
    first = lines[start]
    if depth > _DEPTH:
        raise _fault(first, f"more than {_DEPTH} levels deep")
    if _is_item(first):
        return _list(lines, start, depth)
    if _key(first.text):
        return _map(lines, start, depth)
    return _Flow(first).whole(), start + 1


def _is_item(line: _Line) -> bool:
    return line.text == "-" or line.text.startswith("- ")


def _key(text: str) -> tuple[Any, str] | None:
    """(key, the rest) of a line 'key: rest'; None if it is none."""
    quoted = _QUOTED.match(text)
    if quoted:
        rest = text[quoted.end() :].lstrip()
        if not rest.startswith(":"):
            return None
        return _unquote(quoted), rest[1:].strip()
    plain = re.match(r"([^\s\[\]{}(),'\"#][^\[\]{}()'\"#]*?)\s*:(?:\s+|$)", text)
    return (plain[1], text[plain.end() :].strip()) if plain else None


def _map(lines: list[_Line], start: int, depth: int) -> tuple[dict[Any, Any], int]:
    indent, found, at = lines[start].indent, {}, start
    while at < len(lines) and lines[at].indent == indent and not _is_item(lines[at]):
        line = lines[at]
        pair = _key(line.text)
        if pair is None:
            raise _fault(line, "write it as key: value")
        found[pair[0]], at = _value(lines, at, pair[1], depth)
    return found, at


def _list(lines: list[_Line], start: int, depth: int) -> tuple[list[Any], int]:
    indent, found, at = lines[start].indent, [], start
    while at < len(lines) and lines[at].indent == indent and _is_item(lines[at]):
        line = lines[at]
        text = line.text[1:].lstrip()
        if _key(text) or _is_item(line._replace(text=text)):
            # A map or list that begins behind the dash goes on below it.
            inner = indent + len(line.text) - len(text)
            lines[at] = line._replace(indent=inner, text=text)
            value, at = _block(lines, at, depth + 1)
        else:
            value, at = _value(lines, at, text, depth)
        found.append(value)
    return found, at


def _value(lines: list[_Line], at: int, text: str, depth: int) -> tuple[Any, int]:
    """What stands behind a key or a dash: in the line, or below and further in."""
    line = lines[at]
    tag = _TUPLE.match(text)
    inner = text[tag.end() :] if tag else text
    if inner:
        return _Flow(line._replace(text=text)).whole(), at + 1
    below = at + 1
    here = below < len(lines) and (
        lines[below].indent > line.indent
        or (lines[below].indent == line.indent and _is_item(lines[below]) and not _is_item(line))
    )
    if not here:
        return None, below
    value, end = _block(lines, below, depth + 1)
    return (tuple(value) if tag and isinstance(value, list) else value), end


class _Flow:
    """A value within a line: brackets, quoted text, plain words."""

    def __init__(self, line: _Line) -> None:
        self._line, self._text, self._at = line, line.text, 0

    def whole(self) -> Any:
        """The value that takes all of the line."""
        if not self._text.startswith(("[", "{", "(", "'", '"', "!")):
            return self._plain(self._text)
        value = self._read(0)
        self._skip()
        if self._at < len(self._text):
            raise self._fault("something follows that does not belong to it")
        return value

    def _fault(self, what: str) -> PrototxtError:
        return _fault(self._line, what)

    def _skip(self) -> None:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1

    def _take(self, word: str) -> bool:
        self._skip()
        found = self._text.startswith(word, self._at)
        self._at += len(word) * found
        return found

    def _read(self, depth: int) -> Any:
        if depth > _DEPTH:
            raise self._fault(f"more than {_DEPTH} levels deep")
        self._skip()
        tag = _TUPLE.match(self._text, self._at)
        if tag:
            self._at = tag.end()
            value = self._read(depth + 1)
            return tuple(value) if isinstance(value, list) else value
        opening = self._text[self._at : self._at + 1]
        if opening in _CLOSING and opening:
            self._at += 1
            return self._bracket(opening, depth)
        quoted = _QUOTED.match(self._text, self._at)
        if quoted:
            self._at = quoted.end()
            return _unquote(quoted)
        end = re.compile(r"[,\[\]{}()]|:(?=\s|$)").search(self._text, self._at)
        stop = end.start() if end else len(self._text)
        word, self._at = self._text[self._at : stop].strip(), stop
        return self._plain(word)

    def _bracket(self, opening: str, depth: int) -> Any:
        items: list[Any] = []
        pairs: dict[Any, Any] = {}
        closing = _CLOSING[opening]
        while not self._take(closing):
            value = self._read(depth + 1)
            if opening == "{":
                if not self._take(":") or isinstance(value, (list, dict, tuple)):
                    raise self._fault("a map holds key: value, separated by commas")
                pairs[value] = self._read(depth + 1)
            else:
                items.append(value)
            if not self._take(","):
                if not self._take(closing):
                    raise self._fault(f"a '{opening}' is not closed by '{closing}'")
                break
        if opening == "(":
            return tuple(items)
        return pairs if opening == "{" else items

    def _plain(self, word: str) -> Any:
        """A number, a word that means a value, or the text itself."""
        if word in _WORDS:
            return _WORDS[word]
        if _INTEGER.fullmatch(word):
            return int(word)
        if _FLOAT.fullmatch(word):
            return float(word)
        if word[0] in "!&*|>%@`":
            raise self._fault(f"'{word[0]}' of YAML is not read here")
        return word


def _unquote(quoted: re.Match[str]) -> str:
    if quoted[1] is not None:
        return quoted[1].replace("''", "'")
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), quoted[2])
