"""The value of a field that no schema knows, as plain Python: for layers that users write."""

from __future__ import annotations

from typing import Any

from ..errors import PrototxtError
from .tokens import Tokens, floating, integer, unquote

_CLOSING = {"{": "}", "<": ">"}
_WORDS = {"true": True, "false": False, "inf": float("inf"), "nan": float("nan")}
_DEEPEST = 100


def read_value(text: str) -> Any:
    """What stands behind a field's name: a number, str, bool, list or dict.

    A message becomes a dict from names to values; a name that stands there several times has a
    list of them.  A word that is not true or false (an enum's) is a str, as are strings.
    PrototxtError, without a place, for what is no value.
    """
    tokens = Tokens(text, None)
    value = _value(tokens, 0)
    if tokens.kind != "end":
        raise _fault(tokens)
    return value


def _value(tokens: Tokens, depth: int) -> Any:
    if depth > _DEEPEST:
        raise PrototxtError(f"more than {_DEEPEST} messages inside each other")
    if tokens.kind == "symbol" and tokens.text in _CLOSING:
        return _message(tokens, depth)
    if tokens.take("["):
        return _list(tokens, depth)
    minus = tokens.take("-")
    kind, text = tokens.kind, tokens.text
    value: Any = None
    if kind == "number":
        value = integer(text)
        value = floating(text) if value is None else value
    elif kind == "word":
        value = _WORDS.get(text.lower(), text)
    elif kind == "string" and not minus:
        return _string(tokens)
    if value is None or (minus and isinstance(value, (str, bool))):
        raise _fault(tokens)
    tokens.advance()
    return -value if minus else value


def _string(tokens: Tokens) -> str:
    parts = b""
    while tokens.kind == "string":
        try:
            parts += unquote(tokens.text)
        except ValueError as error:
            raise PrototxtError(f"{error} in a string means nothing") from None
        tokens.advance()
    return parts.decode(errors="replace")


def _list(tokens: Tokens, depth: int) -> list[Any]:
    values: list[Any] = []
    while not tokens.take("]"):
        if values and not tokens.take(","):
            raise _fault(tokens)
        values.append(_value(tokens, depth + 1))
    return values


def _message(tokens: Tokens, depth: int) -> dict[str, Any]:
    closing = _CLOSING[tokens.text]
    found: dict[str, Any] = {}
    tokens.advance()
    while not tokens.take(closing):
        name = tokens.text
        if tokens.kind != "word":
            raise _fault(tokens)
        tokens.advance()
        tokens.take(":")
        add(found, name, _value(tokens, depth + 1))
        if not tokens.take(","):
            tokens.take(";")
    return found


def add(found: dict[str, Any], name: str, value: Any) -> None:
    """Give `name` a further value: one alone stands as it is, several or [...] are a list."""
    if name not in found:
        found[name] = value
        return
    if not isinstance(found[name], list):
        found[name] = [found[name]]
    found[name] += value if isinstance(value, list) else [value]


def _fault(tokens: Tokens) -> PrototxtError:
    return PrototxtError(
        f"{tokens.shown()} is no value", "numbers, strings, words, { } and [ ] are"
    )
