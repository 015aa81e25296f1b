"""What a page may send to its server, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...errors import NetError
from .viewed import Viewed

Body = Mapping[str, Any]


class BadBody(Exception):
    """Not what a page of ours sends."""


def parse(viewed: Viewed, body: Body) -> dict[str, Any]:
    """The document of a text that is being written."""
    viewed.text = _word(body, "text")
    return viewed.document()


def save(viewed: Viewed, body: Body) -> dict[str, Any]:
    """Write the file that was opened; no other can be named."""
    viewed.save(_word(body, "text"))
    return viewed.document()


def open(viewed: Viewed, body: Body) -> dict[str, Any]:
    """The document of a file that the page was given."""
    viewed.open(_word(body, "name"), _word(body, "text"))
    return viewed.document()


def shape(viewed: Viewed, body: Body) -> dict[str, Any]:
    """The document with a shape given by hand to a blob that nothing else makes, "64,3,32,32"; with
    none, as the file has it."""
    name, words = _word(body, "blob"), _word(body, "shape").replace("x", ",").split(",")
    sizes = [word.strip() for word in words if word.strip()]
    if not all(word.isdecimal() and int(word) for word in sizes):
        raise NetError(f"'{body['shape']}' is no shape", "give whole numbers above 0: 64,3,32,32")
    shapes = viewed.options["shapes"]
    if sizes:
        shapes[name] = tuple(map(int, sizes))
    else:
        shapes.pop(name, None)
    return viewed.document()


def _word(body: Body, name: str) -> str:
    """A text that must be there; BadBody else."""
    value = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(value, str):
        raise BadBody(f"no text '{name}'")
    return value


ACTIONS: Mapping[str, Callable[[Viewed, Body], Any]] = {
    "parse": parse,
    "save": save,
    "open": open,
    "shape": shape,
}
