"""Two nets side by side: which of their layers belong together, and what differs in these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

Data = Mapping[str, Any]

#: What follows from the layers before, not from what is written.
DERIVED = ("shapes", "parameters")


def difference(left: Data, right: Data) -> dict[str, Any]:
    """Of two nets as `document.net_data` has them.

    pairs: positions of layers that belong together.  changes: of those among them that differ,
    the positions, and each field with its value in both, None where it is not given; `derived`:
    whether nothing of it is written.  A layer that is in no pair was removed, or added.
    """
    pairs = sorted(_pairs(left["layers"], right["layers"]))
    changes = []
    for i, j in pairs:
        a, b = (fields(net["layers"][at]) for net, at in ((left, i), (right, j)))
        found = [[k, a.get(k), b.get(k)] for k in dict.fromkeys([*a, *b]) if a.get(k) != b.get(k)]
        if found:
            derived = all(name in DERIVED for name, _, _ in found)
            changes.append({"left": i, "right": j, "fields": found, "derived": derived})
    return {"pairs": pairs, "changes": changes}


def _pairs(left: Sequence[Data], right: Sequence[Data]) -> Iterator[tuple[int, int]]:
    """By name where only one has it; of the rest, those that do the same in the same order."""
    counts = [Counter(layer["name"] for layer in layers) for layers in (left, right)]
    places = {layer["name"]: j for j, layer in enumerate(right)}
    rest: list[int] = []
    taken: set[int] = set()
    for i, layer in enumerate(left):
        name = layer["name"]
        if counts[0][name] == counts[1][name] == 1:
            taken.add(places[name])
            yield i, places[name]
        else:
            rest.append(i)
    other = [j for j in range(len(right)) if j not in taken]
    keys = [
        [(layers[n]["type"], layers[n]["text"]) for n in numbers]
        for layers, numbers in ((left, rest), (right, other))
    ]
    matcher = SequenceMatcher(a=keys[0], b=keys[1], autojunk=False)
    for block in matcher.get_matching_blocks():
        for n in range(block.size):
            yield rest[block.a + n], other[block.b + n]


def fields(layer: Data) -> dict[str, str]:
    """All that is told of a layer, each by its name: those of its parameters with their path,
    param[1].lr_mult."""
    return {
        "name": layer["name"],
        "type": layer["type"],
        "bottoms": ", ".join(layer["bottoms"]),
        "tops": ", ".join(layer["tops"]),
        **_flat(layer["text"]),
        "shapes": ", ".join("?" if s is None else "x".join(map(str, s)) for s in layer["shapes"]),
        "parameters": str(layer["parameters"]),
    }


def _flat(text: str) -> dict[str, str]:
    """The fields of a message, from its text with one field a line."""
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    path: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line == "}":
            path.pop()
            continue
        opens = line.endswith("{")
        name, _, value = line.removesuffix("{").partition(":")
        key = ".".join([*path, name.strip()])
        number = seen[key]
        seen[key] += 1
        if opens:
            path.append(name.strip() + (f"[{number}]" if number else ""))
        else:
            found[key + (f"[{number}]" if number else "")] = value.strip()
    return found
