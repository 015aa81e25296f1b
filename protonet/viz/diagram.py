"""A net as boxes and the blobs between them: what a picture shows, before it has a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..core.registry import variants
from ..net.net import Net
from ..net.step import Step
from .describe import described
from .kinds import Kind, kind_of
from .tables import shape_text

_LINE = 34  # letters


@dataclass(frozen=True)
class Part:
    """One layer of a box.  words: its type and numbers, in lines."""

    name: str
    type: str
    words: list[str]
    kind: Kind


@dataclass
class Card:
    """A box: a layer, and those that work in place on its top."""

    parts: list[Part]


@dataclass
class Wire:
    """A blob.  text: its shape, and its name where the box's does not tell it.  source: the card
    that makes it.  targets: those that read it, each once."""

    name: str
    text: str
    source: int
    targets: list[int] = field(default_factory=list)


@dataclass
class Diagram:
    """Cards in the order of the layers; a wire goes from one to later ones.  hosts: of each
    layer, the card that it is in."""

    title: str
    cards: list[Card] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    hosts: list[int] = field(default_factory=list)


def make_diagram(net: Net, fold: bool = True) -> Diagram:
    """What a net looks like.  fold: whether a layer that works in place is drawn in the box of
    the one whose top it changes.  Splits that were inserted are not there."""
    diagram = Diagram(f"{net.name or 'net'} ({'TRAIN' if net.phase == 0 else 'TEST'})")
    made: dict[str, Wire] = {}  # the newest wire of a blob's name
    for step in net.steps:
        if step.inserted:
            made.update(dict.fromkeys(step.top_names, made[step.bottom_names[0]]))
            continue
        part = _part(step)
        wire = made.get(step.bottom_names[0]) if step.bottom_names else None
        in_place = step.bottom_names == step.top_names and len(step.top_names) == 1
        if fold and in_place and wire and not wire.targets:
            diagram.cards[wire.source].parts.append(part)
            diagram.hosts.append(wire.source)
            continue
        card = len(diagram.cards)
        diagram.cards.append(Card([part]))
        diagram.hosts.append(card)
        for name in step.bottom_names:
            if name in made and card not in made[name].targets:
                made[name].targets.append(card)
        for wire in _wires(step, net, card):
            diagram.wires.append(wire)
            made[wire.name] = wire
    return diagram


def _part(step: Step) -> Part:
    param = step.layer.param
    kind = kind_of(param.type, known=bool(variants(param.type)))
    return Part(param.name, param.type, _lines(param.type, described(param)), kind)


def _lines(type: str, words: list[str]) -> list[str]:
    """The type, and its words beside it if there is room, else below it."""
    together = f"{type}: {', '.join(words)}" if words else type
    if len(together) <= _LINE:
        return [together]
    lines = [type]
    for word in words:
        joined = f"{lines[-1]}, {word}"
        if lines[-1] is type or len(joined) > _LINE:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines


def _wires(step: Step, net: Net, card: int) -> Iterator[Wire]:
    alone = len(step.top) == 1
    for name, blob in zip(step.top_names, step.top):
        shape = shape_text(None if name in net.unknown else blob.shape)
        text = shape if alone and name == step.layer.name else f"{name}: {shape}"
        yield Wire(name, text, card)
