"""Shares: each process does some items of a list, the first one gets the results in order."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from ..net.net import Net
from .world import World

T = TypeVar("T")


def in_order(
    world: World | None,
    items: Iterable[T],
    run: Callable[[Sequence[T]], Iterable[Any]],
    block: int = 1,
) -> Generator[Any, None, None]:
    """The results of all items in their order, in the first process; in the others nothing, but
    they have to go through it too.

    items: the same in all processes.  run: results of some items, `block` or fewer that stand
    together; they travel, so that they have to be copies.  world: None for a process alone.
    """
    if world is None:
        items = iter(items)
        while some := list(islice(items, block)):
            yield from run(some)
        return
    items = iter(items)
    while some := list(islice(items, block * world.size)):
        mine = some[world.rank * block : (world.rank + 1) * block]
        for part in world.gather(list(run(mine)) if mine else []):
            yield from part


def is_dealt(net: Net) -> bool:
    """Does each process read its own share of that net's data in TEST?"""
    made = [step.layer for step in net.steps if not step.bottom and not step.layer.blobs]
    return all(layer.shared_out for layer in made) and net.context.deal_tests
