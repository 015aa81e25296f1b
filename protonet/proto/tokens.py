"""The words of protobuf's text format: tokens, numbers, strings."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left

from ..errors import PrototxtError

# One match is the blanks and comments before a token, and the token.  Numbers are taken
# loosely, as far as they go, and judged later: "1.2.3" is one bad number, not two good ones.
# Repetitions of groups have an end, since each turn takes memory: see `Tokens._go_on`.
_TOKEN = re.compile(
    r"""
    [ \t\r\n\f\v]* (?: \# [^\n]* [ \t\r\n\f\v]* ){0,99}
    (?: (?P<word> [A-Za-z_][A-Za-z0-9_]* )
      | (?P<number> \.?[0-9] [A-Za-z0-9_.]* (?: (?<=[eE]) [+-] [A-Za-z0-9_.]* ){0,9} )
      | (?P<string> " [^"\\\n]* (?: \\[^\n] [^"\\\n]* ){0,99} "
                  | ' [^'\\\n]* (?: \\[^\n] [^'\\\n]* ){0,99} ' )
      | (?P<symbol> [{}<>\[\]:;,-] )
      | (?P<end> \Z )
      | (?P<bad> . )
    )""",
    re.VERBOSE | re.DOTALL,
)
#: By the number of the group that matched.
_KINDS = ("end", *_TOKEN.groupindex)
_COMMENT = re.compile(r"#[^\n]*[ \t\r\n\f\v]*")
_IN_STRING = re.compile(r"\\[^\n]|[\"'\n]")
_INTEGER = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*")
_FLOAT = re.compile(r"((?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)((?:[eE][+-]?[0-9]+)?)[fF]?")
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})"
    r"|u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))",
    re.DOTALL,
)
_LETTERS = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "?": "?",
    "'": "'",
    '"': '"',
}
_DOUBLE, _SINGLE = (
    "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033",
    "\u2018\u2019\u201a\u201b\u2032\u00b4`",
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_MOST_DIGITS = 100  # of an integer; no field holds more than 20


class Tokens:
    """A text and the token in front of the reader: `kind`, `text`, `pos`."""

    def __init__(self, text: str, file: str | None) -> None:
        if "\r" in text and "\n" not in text:  # line ends of old: or a comment would never end
            text = text.replace("\r", "\n")
        self.source, self.file = text, file
        self._newlines = [m.start() for m in re.finditer("\n", text)]
        self._matches = _TOKEN.finditer(text)
        self.kind, self.text, self.pos = "", "", 0
        if text.startswith("\ufeff"):
            raise self.error(
                "the text begins with a byte order mark", "save it as UTF-8 without one", 0
            )
        self.advance()

    def advance(self) -> None:
        match = next(self._matches)
        group = match.lastindex or 0
        self.kind, self.text, self.pos = _KINDS[group], match[group], match.start(group)
        if self.kind == "bad":
            self._go_on()

    def _go_on(self) -> None:
        """Behind the hundredth comment in a row, or through a string of a hundred escapes and
        more; anything else does not belong here."""
        at = self.pos
        while match := _COMMENT.match(self.source, at):
            at = match.end()
        if at > self.pos:
            self._matches = _TOKEN.finditer(self.source, at)
            self.advance()
            return
        end = self._string_end() if self.text in "\"'" else 0
        if not end:
            raise self._bad()
        self.kind, self.text = "string", self.source[self.pos : end]
        self._matches = _TOKEN.finditer(self.source, end)

    def _string_end(self) -> int:
        """Where the string that begins here ends; 0 if it does not on its line."""
        for match in _IN_STRING.finditer(self.source, self.pos + 1):
            if match[0] in (self.text, "\n"):
                return match.end() if match[0] == self.text else 0
        return 0

    def take(self, symbol: str) -> bool:
        """Step over `symbol` if it is next: no other kind of token has its text."""
        if self.text == symbol:
            self.advance()
            return True
        return False

    def line(self, pos: int) -> int:
        return bisect_left(self._newlines, pos) + 1

    def error(self, what: str, hint: str = "", pos: int | None = None) -> PrototxtError:
        """The error at a position (default: the token in front)."""
        pos = self.pos if pos is None else pos
        line = self.line(pos)
        column = pos - (self._newlines[line - 2] + 1 if line > 1 else 0) + 1
        return PrototxtError(what, hint, file=self.file, line=line, column=column)

    def shown(self) -> str:
        """The token in front, as a message quotes it."""
        if self.kind == "end":
            return "the end of the text"
        short = self.text if len(self.text) <= 40 else self.text[:37] + "..."
        return short if self.kind == "string" else f"'{short}'"

    def judge_next(self) -> None:
        """Raise if the token in front ends at a character that only looks like a Latin one."""
        end = self.pos + len(self.text)
        if (c := self.source[end : end + 1]) > "\x7f" and (stranger := _stranger(c)):
            raise self.error(f"{stranger[0]} does not belong here", stranger[1], end)

    def after_quote(self) -> bool:
        """Does the token in front follow a quote without a blank between?"""
        return self.pos > 0 and self.source[self.pos - 1] in "\"'"

    def template(self) -> str:
        """What to do if the text is a template of another tool, else ''."""
        near = self.source[max(self.pos - 1, 0) : self.pos + 2]
        if "$" in near:
            return "this is a shell template: put values in place of its $NAMEs first"
        if "{{" in near or "{%" in near:
            return "this is a Jinja template: render it first"
        return ""

    def _bad(self) -> PrototxtError:
        here = self.source[self.pos : self.pos + 2]
        if here[0] in "\"'":
            return self.error("a string that does not end on its line", f"close it with {here[0]}")
        if hint := self.template():
            return self.error(f"'{here[0]}' does not belong here", hint)
        if here in ("//", "/*"):
            return self.error(f"'{here}' does not begin a comment", "comments begin with #")
        if here[0] == "\0":
            return self.error("a zero byte: this is no text", "give binary files as weights")
        if stranger := _stranger(here[0]):
            what, hint = stranger
            return self.error(f"{what} does not belong here", hint)
        if here[0] == "=":
            return self.error("'=' does not belong here", "a field and its value stand around ':'")
        return self.error(f"{here[0]!r} does not belong here", "text stands in quotes")


def _stranger(c: str) -> tuple[str, str] | None:
    """A character that looks like one of the syntax but is not: what it is, what to write."""
    code = f"U+{ord(c):04X}"
    if c in _DOUBLE:
        return f"'{c}', a typographic quote ({code}),", 'write a straight one: "'
    if c in _SINGLE:
        return f"'{c}', a typographic quote ({code}),", "write a straight one: ' or \""
    if c in _DASHES:
        return f"'{c}', a typographic dash ({code}),", "write -"
    if "\udc80" <= c <= "\udcff":
        return f"a byte that is not UTF-8 (0x{ord(c) - 0xDC00:02X})", "text stands in quotes"
    if c == "\ufeff" or unicodedata.category(c) == "Cf":
        return f"an invisible character ({code})", "delete it"
    if unicodedata.category(c) == "Zs":
        return f"a blank that is not the usual one ({code})", "write an ordinary blank"
    plain = unicodedata.normalize("NFKC", c)
    if c > "\x7f" and len(plain) == 1 and "!" <= plain <= "~":
        return f"'{c}', a full-width character ({code}),", f"write {plain}"
    if c > "\x7f" and c.isalpha():
        name = unicodedata.name(c, code).lower()
        return f"'{c}' ({name})", "names are written in plain Latin letters, text in quotes"
    return None


def layer_at(text: str, pos: int) -> tuple[str, str]:
    """Name and type, '' if not given, of the layer whose first word stands at `pos`.

    Only for messages.  What is no token is passed over, and so is a string that runs into a
    word, which lacks a quote.
    """
    found = {"name": "", "type": ""}
    depth, field = 0, ""
    for match in _TOKEN.finditer(text, pos):
        kind = match.lastgroup or "end"
        token = match[kind]
        if kind == "end" or all(found.values()):
            break
        if kind == "symbol":
            depth += (token in "{<") - (token in "}>")
            if depth == 0:
                break
        elif depth == 1 and field in found and kind in ("string", "word"):
            if not (kind == "string" and text[match.end() : match.end() + 1].isalnum()):
                found[field] = found[field] or _bare(token)
            field = ""
        elif depth == 1:
            field = token
    return found["name"], found["type"]


def _bare(token: str) -> str:
    try:
        return unquote(token).decode(errors="replace") if token[0] in "\"'" else token
    except ValueError:
        return token[1:-1]


def integer(text: str) -> int | None:
    """A decimal, hexadecimal or octal number, or None."""
    if not _INTEGER.fullmatch(text):
        return None
    if text[:2] in ("0x", "0X"):
        return int(text, 16)
    if text[0] == "0":
        return int(text, 8)
    # Past any field's range it does not matter how far.
    return int(text) if len(text) <= _MOST_DIGITS else 10**_MOST_DIGITS


def floating(text: str) -> float | None:
    """A decimal number with or without point, exponent and trailing f, or None."""
    match = _FLOAT.fullmatch(text)
    return float(match[1] + match[2]) if match else None


def unquote(token: str) -> bytes:
    """The bytes that a quoted string stands for.  ValueError names a bad escape."""
    body = token[1:-1]
    if "\\" not in body:
        return _encoded(body)
    out, last = bytearray(), 0  # not a list of parts, which may be a hundred times as large
    for match in _ESCAPE.finditer(body):
        out += _encoded(body[last : match.start()])
        out += _unescape(match)
        last = match.end()
    return bytes(out + _encoded(body[last:]))


def _encoded(text: str) -> bytes:
    """Bytes that were no UTF-8 when the text was read come out as they were."""
    return text.encode(errors="surrogateescape")


def _unescape(match: re.Match) -> bytes:
    octal, hexadecimal, high, low, four, eight, letter = match.groups()
    if octal or hexadecimal:
        byte = int(octal, 8) if octal else int(hexadecimal, 16)
        if byte > 255:
            raise ValueError(match[0])
        return bytes([byte])
    if letter:
        if letter not in _LETTERS:
            raise ValueError(match[0])
        return _LETTERS[letter].encode()
    if high:
        code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00
    else:
        code = int(four or eight, 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ValueError(match[0])
    return chr(code).encode()
