"""A reader as strict as Netscope's: what it takes, Netscope draws.

Written after tries of single points of syntax in the real page; a stand-in for it in the tests.
"""

from __future__ import annotations

import re
from typing import Any

#: A message: name -> value, or the list of values of a field that stands there several times.
Message = dict[str, Any]

_GAP = re.compile(r"[ \t\n\r]*")
_COMMENTS = re.compile(r"(?:[ \t\n\r]*#[^\n\r\u2028\u2029]*)*[ \t\n\r]*")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(
    r'"((?:[ !#-\[\]-\uffff]|\\["\'\\/bfnrt])*)"|' + r"'((?:[ -&(-\[\]-\uffff]|\\[\"'\\/bfnrt])*)'"
)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def read(text: str) -> Message:
    """The whole file.  ValueError with the rest that cannot be read."""
    reader = _Reader(text)
    message = reader.fields(closing=False)
    if reader.at < len(text):
        raise ValueError(f"Expected a field but {text[reader.at :][:30]!r} found")
    return message


def shown(net: Message) -> list[Message]:
    """The layers of the TRAIN phase.  ValueError where the graph would be refused or wrong."""
    found = []
    for layer in _several(net.get("layer", [])):
        include = layer.get("include", {})
        phase = include.get("phase") if isinstance(include, dict) else None
        if "exclude" in layer or isinstance(include, list) or {*include} - {"phase"}:
            raise ValueError("a rule that is not looked at")
        if phase not in (None, "TRAIN", "TEST"):
            raise ValueError(f"phase {phase} is compared as a word")
        if phase != "TEST":
            found.append(layer)
    names = [layer["name"] for layer in found]
    if len({*names}) < len(names):
        raise ValueError("one box for two layers")
    for name in [*names, *(t for layer in found for t in _several(layer.get("top", [])))]:
        if re.search("[<>&\t]", name) or name in ("constructor", "toString", "valueOf"):
            raise ValueError(f"{name!r} is no name in a page")
    return found


def shapes(net: Message) -> dict[str, list[int]]:
    """Of blobs, by the types whose shapes need no computing.  ValueError at others."""
    found: dict[str, list[int]] = {}
    for layer in shown(net):
        type, bottoms = layer["type"].lower(), _several(layer.get("bottom", []))
        for k, top in enumerate(_several(layer.get("top", []))):
            if "scale" in type or "relu" in type:
                found[top] = found[bottoms[k]]
            elif "input" in type or "data" in type:
                if bottoms or k > 1:
                    raise ValueError("a source has no bottoms and at most two tops")
                dims = layer["input_param"]["shape"]["dim"]
                if not isinstance(dims, list):
                    raise ValueError("a lone number is no shape")
                found[top] = dims[:1] if k else dims
            elif "loss" in type:
                found[top] = [1]
            elif layer["type"] != "Convolution":
                raise ValueError(f"Unsupported layer type: {layer['type']}")
    return found


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"Expected {pattern.pattern} but {self.text[self.at :][:30]!r} found")
        self.at = match.end()
        return match

    def _is(self, symbol: str) -> bool:
        if not self.text.startswith(symbol, self.at):
            return False
        self.at += len(symbol)
        return True

    def fields(self, closing: bool) -> Message:
        message: Message = {}
        while True:
            self._take(_COMMENTS)
            if closing and self._is("}"):
                return message
            if not closing and self.at == len(self.text):
                return message
            name = self._take(_NAME)[0].lower()
            value = self._field()
            if name in message:
                message[name] = [*_several(message[name]), *_several(value)]
            else:
                message[name] = value

    def _field(self) -> Any:
        self._take(_GAP)
        colon = self._is(":")
        self._take(_GAP)
        if self._is("{"):
            return self.fields(closing=True)
        if not colon:
            raise ValueError(f'Expected ":" or "{{" but {self.text[self.at :][:30]!r} found')
        if not self._is("["):
            return self._scalar(words=True)
        values = []
        while not self._is("]"):
            values.append(self._scalar(words=False))
            self._take(_GAP)
            self._is(",")
            self._take(_GAP)
        return values

    def _scalar(self, words: bool) -> Any:
        if match := _STRING.match(self.text, self.at):
            self.at = match.end()
            inside = match[1] if match[1] is not None else match[2]
            return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), inside)
        if match := _NUMBER.match(self.text, self.at):
            self.at = match.end()
            return float(match[0]) if re.search("[.eE]", match[0]) else int(match[0])
        return self._take(_NAME)[0] if words else self._take(_NUMBER)
