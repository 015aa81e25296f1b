"""Where gradients could flow in a net, whether or not a loss sends one."""

from __future__ import annotations

from ..core.layer import Layer
from ..net.net import Net
from ..net.step import Step

#: Layers whose tops a program or a filler fills; gradients may flow into them.
INPUTS = ("Input", "DummyData", "Parameter")
#: Bottoms that hold indices or marks, though `force_backward` may ask for their gradient.
_INDICES = {"Embed": 0, "BatchReindex": 1, "Filter": -1}


def takes_gradient(layer: Layer, index: int, bottoms: int) -> bool:
    """Whether a gradient flows into one of the bottoms of a layer."""
    whole = _INDICES.get(layer.type)
    if whole is not None and index == whole % bottoms:
        return False
    return layer.accepts_gradient(index)


class Flow:
    """Where gradients could flow in a net: along what computes, from inputs and parameters."""

    def __init__(self, net: Net) -> None:
        self._readers: dict[str, list[tuple[Step, int]]] = {}
        self._reached: set[int] = set()  # ids of blobs
        for step in net.steps:
            for i, name in enumerate(step.bottom_names):
                self._readers.setdefault(name, []).append((step, i))
            if step.layer.type in INPUTS or step.layer.blobs or self._passes_on(step):
                self._reached.update(id(blob) for blob in step.top)

    def _passes_on(self, step: Step) -> bool:
        return step.layer.has_backward and any(id(blob) in self._reached for blob in step.bottom)

    def into(self, step: Step) -> list[bool]:
        """For each bottom, whether its gradient is to be checked: of what comes straight from
        data the first one only, since the others are labels, weights and targets."""
        return [
            takes_gradient(step.layer, i, len(step.bottom))
            and (i == 0 or id(blob) in self._reached)
            for i, blob in enumerate(step.bottom)
        ]

    def smooth(self, name: str) -> bool:
        """Whether whoever reads a blob takes any number; else they are labels and the like."""
        for step, i in self._readers.get(name, []):
            if step.layer.type == "Split":
                if not all(self.smooth(top) for top in step.top_names):
                    return False
            elif not step.layer.has_backward or not takes_gradient(step.layer, i, len(step.bottom)):
                return False
        return True

    def out_of(self, step: Step) -> list[bool]:
        """For each top, whether a gradient comes in there: of a loss those that count, of other
        layers those that somebody reads.  Of what nobody reads the first: others of several tops
        may be there to be looked at only."""
        if step.losses:
            return [any(blob is loss for loss in step.losses) for blob in step.top]
        read = [name in self._readers for name in step.top_names]
        return read if any(read) else [i == 0 for i in range(len(read))]
