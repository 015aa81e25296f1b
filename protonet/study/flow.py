"""Where gradients could flow in a net, whether or not a loss sends one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Layer
from ..net.net import Net
from ..net.step import Step

#: Layers whose tops a program or a filler fills; gradients may flow into them.
INPUTS = ("Input", "DummyData", "Parameter")
#: Bottoms that hold indices or marks, though `force_backward` may ask for their gradient.
_INDICES = {"Embed": 0, "BatchReindex": 1, "Filter": -1}
#: Layers whose first bottom must be above 0: logarithms, roots, probabilities.
_POSITIVE = ("Log", "Power", "MultinomialLogisticLoss")
#: Layers whose second bottom has places in a plane.
_UNPOOL = ("Upsample", "Unpooling")


def spread(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray:
    """Values in [-1, 1], none near 0, no two alike."""
    count = int(np.prod(shape))
    steps = (rng.permutation(count) + rng.uniform(0.3, 0.7)) / max(count, 1)
    return ((0.1 + 0.9 * steps) * rng.choice([-1.0, 1.0], count)).reshape(shape)


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

    def filled(self, name: str, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray:
        """Values for a blob that nothing fills: random where whoever reads it takes any number,
        else those of labels and the like: 0; places in a plane for what unpools, each once."""
        readers = list(self._readers_of(name))
        if any(step.layer.type in _UNPOOL for step, i in readers if i == 1):
            plane = int(np.prod(shape[2:]))
            return np.broadcast_to(np.arange(plane).reshape(shape[2:]), shape)
        for step, i in readers:
            if not (step.layer.has_backward and takes_gradient(step.layer, i, len(step.bottom))):
                return np.zeros(shape)
        values = spread(rng, shape)
        positive = any(step.layer.type in _POSITIVE for step, _ in readers)
        return np.abs(values) if positive else values

    def _readers_of(self, name: str) -> Iterator[tuple[Step, int]]:
        """(step, number of its bottom) of all that read a blob, or a copy that a Split made."""
        for step, i in self._readers.get(name, []):
            if step.layer.type == "Split":
                for top in step.top_names:
                    yield from self._readers_of(top)
            else:
                yield step, i

    def out_of(self, step: Step) -> list[bool]:
        """For each top, whether a gradient comes in there: of a loss those that count, of other
        layers those that somebody reads.  Of what nobody reads the first: others of several tops
        may be there to be looked at only."""
        if step.losses:
            return [any(blob is loss for loss in step.losses) for blob in step.top]
        read = [name in self._readers for name in step.top_names]
        return read if any(read) else [i == 0 for i in range(len(read))]
