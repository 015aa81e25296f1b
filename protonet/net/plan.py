"""Which layers run backward, and into which of their bottoms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Node:
    """One layer as the plan sees it: blob names, what it needs, what it is asked.

    needs: one of its bottoms or parameters wants a gradient (found going down the net).
    into: per bottom, whether a gradient is wanted there.
    loss: per top, whether it carries a loss weight.
    """

    bottoms: Sequence[str]
    tops: Sequence[str]
    needs: bool = False
    into: list[bool] = field(default_factory=list)
    loss: Sequence[bool] = ()


def prune(nodes: Sequence[Node]) -> None:
    """Going up from the end: drop what leads to no loss, and what all readers refuse.

    A layer runs backward only if it leads to a loss, and not all of its tops are ones
    into which their readers do not propagate.
    """
    under_loss: set[str] = set()
    refused: set[str] = set()
    for node in reversed(nodes):
        leads_to_loss = any(node.loss) or not under_loss.isdisjoint(node.tops)
        if refused.issuperset(node.tops) and node.needs:
            node.needs = False
            node.into = [False] * len(node.into)
        if leads_to_loss:
            under_loss.update(node.bottoms)
        else:
            node.needs = False
            node.into = [False] * len(node.into)
        refused.update(name for name, wanted in zip(node.bottoms, node.into) if not wanted)
