"""Blocks of a diagram drawn as one box each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..errors import NetError, did_you_mean
from .blocks import find_blocks
from .diagram import Card, Diagram, Part, Wire
from .groups import Group
from .kinds import Kind

_LINE = 34  # letters
_BLOCK = Kind("block", "#eceff3", "#3d4650")


def collapse(diagram: Diagram, names: Sequence[str] = ()) -> Diagram:
    """The diagram with blocks as boxes, which tell what is in them.

    names: of blocks; all if there are none.  A blob that stays in its block is not drawn.
    NetError for a name that no block has.
    """
    blocks = _blocks(diagram)
    if unknown := [name for name in names if name not in {block.name for block in blocks}]:
        raise _unknown(unknown[0], [block.name for block in blocks])
    inside = {
        card: block
        for block in blocks
        if not names or block.name in names
        for card in range(block.start, block.stop)
    }
    made = Diagram(diagram.title)
    place = []  # of each card, its new number
    for i, card in enumerate(diagram.cards):
        block = inside.get(i)
        if block is None or i == block.start:
            members = diagram.cards[i : block.stop] if block else []
            made.cards.append(_card(block, members) if block else card)
        place.append(len(made.cards) - 1)
    made.hosts = [place[card] for card in diagram.hosts]
    leaving = Counter(place[wire.source] for wire in diagram.wires if _leaves(wire, place))
    for wire in diagram.wires:
        source = place[wire.source]
        if wire.source not in inside or _leaves(wire, place):
            targets = [*dict.fromkeys(place[t] for t in wire.targets if place[t] != source)]
            told = wire.source in inside and leaving[source] > 1 and ":" not in wire.text
            text = f"{wire.name}: {wire.text}" if told else wire.text
            made.wires.append(Wire(wire.name, text, source, targets))
    return made


def _leaves(wire: Wire, place: Sequence[int]) -> bool:
    """Is a blob read outside of the box that makes it, or by nobody?"""
    return not wire.targets or any(place[t] != place[wire.source] for t in wire.targets)


def _blocks(diagram: Diagram) -> list[Group]:
    """As `find_blocks` does, by the numbers of cards."""
    layers: dict[int, int] = {}  # of each card, its first layer
    for layer, card in enumerate(diagram.hosts):
        layers.setdefault(card, layer)
    parts = iter(diagram.hosts)
    seen: Counter[int] = Counter()
    names = []
    for card in parts:
        names.append(diagram.cards[card].parts[seen[card]].name)
        seen[card] += 1
    hosts = [layers[card] for card in diagram.hosts]
    links = [
        (layers[wire.source], [layers[target] for target in wire.targets]) for wire in diagram.wires
    ]
    found = find_blocks(names, hosts, links)
    return [
        Group(block.name, diagram.hosts[block.start], diagram.hosts[block.stop - 1] + 1)
        for block in found
    ]


def _card(block: Group, cards: Iterable[Card]) -> Card:
    """A box that tells how many layers of each type are in it."""
    types = Counter(part.type for card in cards for part in card.parts)
    words = [f"{count} {type}" if count > 1 else type for type, count in types.most_common()]
    lines = [f"{types.total()} layers"]
    for word in words:
        if lines[1:] and len(f"{lines[-1]}, {word}") <= _LINE:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return Card([Part(block.name, "", lines, _BLOCK)])


def _unknown(name: str, known: Sequence[str]) -> NetError:
    if not known:
        return NetError(f"there is no block '{name}': the net has none")
    hint = did_you_mean(name, known) or f"its blocks are {', '.join(known)}"
    return NetError(f"there is no block '{name}'", hint)
