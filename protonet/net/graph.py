"""Graph: what a definition says, built: layers, blobs and parameters, by their position."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ..core import named
from ..core.blob import Blob, Memory
from ..core.named import Named
from ..errors import NetError, ProtonetError, did_you_mean
from ..proto.source_map import Definition
from .step import Step


@dataclass(eq=False)
class Param:
    """One parameter blob of one layer.  index: its number in the layer.  owner: position of
    the Param whose memory it shares, or its own."""

    blob: Blob
    step: Step
    index: int
    owner: int
    lr_mult: float | None
    decay_mult: float | None


@dataclass(eq=False)
class Graph:
    """A net's structure.  Layers may share a name, so all that belongs to a layer is found
    by its position; names of blobs are unique, but for tops that losses make on their own."""

    definition: Definition
    steps: list[Step] = field(default_factory=list)
    #: Every blob in order of its making, unnamed tops of losses too.
    blobs: list[tuple[str, Blob]] = field(default_factory=list)
    #: The blobs that layers can name.
    by_name: dict[str, Blob] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    #: Those of all layers, in their order.
    params: list[Param] = field(default_factory=list)
    #: Blobs whose shape is not known, in a net that is looked at in part.
    unknown: set[str] = field(default_factory=set)
    #: Whether types or fields were passed over in it, so that what follows may be no fault.
    guessed: bool = False
    #: What is wrong with layers of a net that is looked at, and does not come of such a guess.
    faults: list[ProtonetError] = field(default_factory=list)
    #: What is wrong with them or missing, and may come of such a guess.
    doubts: list[ProtonetError] = field(default_factory=list)

    @cached_property
    def named_blobs(self) -> Named[Blob]:
        """Blobs by name, in order of their making; of those without a name the last one."""
        return named.blobs(self.blobs)

    @cached_property
    def owners(self) -> list[Param]:
        """Each parameter once: of shared ones the first layer's."""
        return [param for i, param in enumerate(self.params) if param.owner == i]

    @property
    def learnable(self) -> list[Blob]:
        """The blobs of the owners."""
        return [param.blob for param in self.owners]

    @cached_property
    def sharers(self) -> list[Param]:
        """The parameters whose memory belongs to another layer."""
        return [param for i, param in enumerate(self.params) if param.owner != i]

    @cached_property
    def layer_names(self) -> list[str]:
        return [step.layer.name for step in self.steps]

    @property
    def blob_loss_weights(self) -> dict[str, float]:
        """Weight of every blob in the loss; 0 for most."""
        weights = dict.fromkeys(self.named_blobs, 0.0)
        for step in self.steps:
            weights.update((n, w) for n, w in zip(step.top_names, step.loss_weights) if w)
        return weights

    @cached_property
    def first_by_name(self) -> dict[str, Step]:
        """The first layer of each name: the one that a name means, in a file of weights too."""
        return {step.layer.name: step for step in reversed(self.steps)}

    def shrink(self) -> None:
        """Give back what blobs and layers hold beyond their present shapes."""
        needs: dict[int, tuple[Memory, int]] = {}
        for _, blob in self.blobs:
            blob.forget_views()
            for memory in (blob.data_memory, blob.diff_memory):
                _, count = needs.get(id(memory), (memory, 0))
                needs[id(memory)] = memory, max(count, blob.count)
        for memory, count in needs.values():
            memory.shrink(count)
        for step in self.steps:
            step.layer.release_scratch()

    def index_of(self, name: str) -> int:
        """Position of the first layer of that name; NetError if there is none."""
        if name not in self.first_by_name:
            raise NetError(f"no layer named '{name}'", did_you_mean(name, self.layer_names))
        return self.first_by_name[name].index

    def blob(self, name: str, hint: str = "") -> Blob:
        """NetError if there is none, with the nearest name, or else the hint."""
        if name not in self.named_blobs:
            nearest = did_you_mean(name, self.named_blobs)
            raise NetError(f"no blob named '{name}'", nearest or hint)
        return self.named_blobs[name]
