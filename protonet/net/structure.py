"""Structure: what a net shows of its graph."""

from __future__ import annotations

from ..core import named
from ..core.blob import Blob
from ..core.context import TEST
from ..core.layer import Layer
from ..core.named import Named
from ..errors import ProtonetError
from ..proto.source_map import Definition
from . import html
from .graph import Graph
from .step import Step


class Structure:
    """Names, layers, blobs and parameters of a net.

    `steps`, and all that are lists, go by the position of a layer.  What goes by a layer's
    name is for the eye, and for code that was written for Caffe: layers may share one.
    """

    def _show(self, graph: Graph) -> None:
        #: What the definition says, whatever is run of it: steps, blobs, parameters.
        self.graph: Graph = graph
        self.name: str = graph.definition.message.name
        self.phase: int = graph.definition.message.state.phase
        #: The layers in their order, each with its blobs, their names and its place.
        self.steps: list[Step] = graph.steps
        self.layers: list[Layer] = [step.layer for step in graph.steps]
        self.layer_names: list[str] = graph.layer_names
        self.bottoms: list[list[Blob]] = [step.bottom for step in graph.steps]
        self.tops: list[list[Blob]] = [step.top for step in graph.steps]
        self.inputs: list[str] = graph.inputs
        self.outputs: list[str] = graph.outputs
        #: Blobs by name in order of their making; Split blobs too.
        self.blobs: Named[Blob] = graph.named_blobs
        #: By layer name; of layers that share one, the last: `steps` has all.
        self.params: Named[list[Blob]] = named.params(
            (layer.name, layer.blobs) for layer in self.layers if layer.blobs
        )
        self.bottom_names = {step.layer.name: step.bottom_names for step in graph.steps}
        self.top_names = {step.layer.name: step.top_names for step in graph.steps}

    @property
    def layer_dict(self) -> Named[Layer]:
        return named.layers(zip(self.layer_names, self.layers))

    @property
    def unknown(self) -> set[str]:
        """Blobs whose shape is not known; only a `partial` net has some."""
        return self.graph.unknown

    @property
    def faults(self) -> list[ProtonetError]:
        """What is wrong with layers of a `partial` net: any other would not have been built."""
        return self.graph.faults

    @property
    def layer_needs_backward(self) -> list[bool]:
        return [step.needs_backward for step in self.steps]

    @property
    def bottom_needs_backward(self) -> list[list[bool]]:
        return [step.propagate_down for step in self.steps]

    @property
    def blob_loss_weights(self) -> dict[str, float]:
        """Weight of every blob in the loss; 0 for most."""
        return self.graph.blob_loss_weights

    @property
    def learnable_params(self) -> list[Blob]:
        """Each parameter once: of shared ones the first layer's."""
        return self.graph.learnable

    @property
    def learnable_param_names(self) -> list[tuple[str, int]]:
        """(layer name, index) of each of `learnable_params`."""
        return [(p.step.layer.name, p.index) for p in self.graph.owners]

    @property
    def params_lr(self) -> list[float]:
        """lr_mult of each of `learnable_params`."""
        return [1.0 if p.lr_mult is None else p.lr_mult for p in self.graph.owners]

    @property
    def params_weight_decay(self) -> list[float]:
        """decay_mult of each of `learnable_params`."""
        return [1.0 if p.decay_mult is None else p.decay_mult for p in self.graph.owners]

    @property
    def definition(self) -> Definition:
        """The net as it was built: filtered, with Split layers, each with its line."""
        return self.graph.definition

    def __repr__(self) -> str:
        phase = "TEST" if self.phase == TEST else "TRAIN"
        weights = sum(blob.count for blob in self.learnable_params)
        return (
            f"<Net '{self.name}', {phase}: {len(self.layers)} layers, {weights:,} parameters, "
            f"{', '.join(self.inputs) or 'no inputs'} -> {', '.join(self.outputs)}>"
        )

    def _repr_html_(self) -> str:
        return html.table(repr(self)[1:-1], self.steps)
