"""Names that Netscope can tell apart: layers are the keys of its graph, blobs of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from ...edit import Document

#: What every object of JavaScript has.
_INHERITED = {
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString"),
    *("toString", "valueOf", "__proto__", "__defineGetter__", "__defineSetter__"),
    *("__lookupGetter__", "__lookupSetter__"),
}
#: Names go into a page of HTML as they are, where blanks other than " " get lost.
_MARKUP = re.compile(r"[<>&\x00-\x1f]")


def mend(doc: Document, states: Sequence[AbstractSet[int]]) -> list[str]:
    """Rename what must be; a line for each.  states: the layers that are there at one time."""
    return [*_blobs(doc), *_layers(doc, states)]


def _blobs(doc: Document) -> Iterator[str]:
    names = dict.fromkeys(n for layer in doc.message.layer for n in (*layer.bottom, *layer.top))
    for name in [*names]:
        plain = f"{name}_" if name in _INHERITED else _MARKUP.sub("_", name)
        if plain != name:
            new = _free(plain, names)
            names[new] = None
            doc.rename_blob(name, new)
            yield f"blob '{name}' is called '{new}'"


def _layers(doc: Document, states: Sequence[AbstractSet[int]]) -> Iterator[str]:
    layers = [*doc.message.layer]
    names = [layer.name for layer in layers]
    for i, layer in enumerate(layers):
        plain = _MARKUP.sub("_", names[i]) or (layer.top[0] if layer.top else layer.type)
        others = {
            name
            for k, name in enumerate(names)
            if k < i and any({i, k} <= state for state in states)
        }
        if plain == layer.name and plain not in others:
            continue
        names[i] = _free(plain, {*others, *names[i + 1 :]}) if plain in others else plain
        doc.set(f"layer[{i}].name", names[i])
        why = "a second one of that name" if layer.name in others else f"a {layer.type}"
        yield f"layer '{layer.name}', {why}, is called '{names[i]}'"


def _free(name: str, taken: AbstractSet[str] | dict[str, None]) -> str:
    """The name, or with the first number behind it that is free."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
