"""Plan the memory of a pass: blobs whose values nobody reads any more give theirs to later ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from ...core.blob import Blob, Memory
from ...layers.python import Python
from ..step import Step
from .memory import Lent, Pool

Named = tuple[str, Blob]


class Span(NamedTuple):
    """What shares one memory, from the first step that touches it to the last."""

    name: str
    blobs: list[Blob]
    first: int
    last: int
    size: int


def reuse(steps: Sequence[Step], blobs: Iterable[Named], kept: Set[int], pool: Pool) -> None:
    """Lend memory to the blobs for as long as steps need it; take it from those that no step
    touches.

    kept: memories that stay as they are, because their values are asked for after the pass.
    Which blobs share a slot depends on the order of the steps alone, and so is right for any
    shapes; it saves most for the present ones.
    """
    kept = kept | _owned(steps)
    touched = _touched(steps)
    groups: dict[int, list[Named]] = defaultdict(list)
    for name, blob in blobs:
        groups[id(blob.data_memory)].append((name, blob))
    spans = []
    for key, members in groups.items():
        if key in kept:
            continue
        alike = [blob for _, blob in members]
        if key in touched:
            first, last = touched[key]
            spans.append(Span(members[0][0], alike, first, last, max(b.count for b in alike)))
        else:
            why = "become something else in the step that makes them"
            _move(alike, Lent(members[0][0], why, alike[0].dtype, pool))
    _assign(spans, pool)


def _touched(steps: Sequence[Step]) -> dict[int, tuple[int, int]]:
    """By memory, the first and the last step that runs with it."""
    found: dict[int, tuple[int, int]] = {}
    for at, step in enumerate(steps):
        for blob in [] if step.idle else [*step.bottom, *step.top]:
            key = id(blob.data_memory)
            found[key] = (found[key][0] if key in found else at, at)
    return found


def _owned(steps: Sequence[Step]) -> set[int]:
    """Memories that somebody else may look at, or write, when it is not their turn: of
    parameters, of what layers without bottoms make, of losses, and of code that is not ours."""
    owned: set[int] = set()
    for step in steps:
        foreign = isinstance(step.layer, Python) or not type(step.layer).__module__.startswith(
            "protonet."
        )
        owned.update(id(blob.data_memory) for blob in [*step.layer.blobs, *step.losses])
        if foreign or not step.bottom:
            owned.update(id(blob.data_memory) for blob in [*step.bottom, *step.top])
    return owned


def _assign(spans: list[Span], pool: Pool) -> None:
    """The largest first, each to the first slot that is free all its time."""
    slots: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: -span.size):
        for held in slots:
            if all(span.last < other.first or other.last < span.first for other in held):
                held.append(span)
                break
        else:
            slots.append([span])
    for held in slots:
        slot = Memory(held[0].blobs[0].dtype)
        pool.slots.append(slot)
        for span in held:
            why = "give their memory to later blobs"
            _move(span.blobs, Lent(span.name, why, slot.dtype, pool, slot))


def _move(blobs: Iterable[Blob], memory: Memory) -> None:
    for blob in blobs:
        blob.move_data(memory)
