"""Site: one node as its rule sees it, and what the rule writes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.registry import variants
from ...errors import NetError
from .graph import Graph, Node, Shape
from .writer import Writer

#: What `only` is called where no fork's types may be used.
PURE = "caffe-1.0"


def may_use(only: str | None, kind: str) -> bool:
    """May this type be used, where these types only may?"""
    found = variants(kind)
    return any(not cls.forks or only is None or only in cls.forks for cls in found)


class Refused(NetError):
    """A node that Caffe has no words for."""


class Site:
    """One node: its inputs by the blobs that hold them, and `layer` to add what Caffe has.

    outputs: the tensors that the rule makes blobs for: the node's, or those of the last node
    that it took along.
    """

    def __init__(self, graph: Graph, node: Node, writer: Writer, only: str | None) -> None:
        self.graph, self.node, self.writer, self.only = graph, node, writer, only
        self.outputs = node.outputs
        self.taken: list[Node] = []

    # -- the node --------------------------------------------------------------------------

    def attr(self, name: str, default: Any = None) -> Any:
        return self.node.attributes.get(name, default)

    def has(self, index: int) -> bool:
        return index < len(self.node.inputs) and bool(self.node.inputs[index])

    def const(self, index: int, node: Node | None = None) -> NDArray | None:
        """The values of an input, if they are constant."""
        inputs = (node or self.node).inputs
        return self.graph.constants.get(inputs[index]) if index < len(inputs) else None

    def needed(self, index: int, what: str) -> NDArray:
        """The values of an input that must be constant; `what` it is."""
        values = self.const(index)
        if values is None:
            raise self.refuse(f"{what} is computed, not constant")
        return values

    def setting(self, index: int, name: str, default: Any = None) -> Any:
        """An input that was an attribute in older opsets, as a list or a number."""
        if name in self.node.attributes:
            return self.node.attributes[name]
        if not self.has(index):
            return default
        return self.needed(index, name).tolist()

    def shape(self, index: int = 0) -> Shape:
        """The shape of an input."""
        return self.shape_of_tensor(self.node.inputs[index])

    def out(self, index: int = 0) -> Shape:
        """The shape of an output."""
        return self.shape_of_tensor(self.outputs[index])

    def shape_of_tensor(self, name: str) -> Shape:
        shape = self.graph.shapes.get(name)
        if shape is None:
            raise self.refuse(f"the shape of '{name}' depends on values", _CUT_BEFORE)
        return shape

    def axis(self, name: str = "axis", default: int = 0) -> int:
        """An axis of the first input, counted from the front."""
        return int(self.attr(name, default)) % max(1, len(self.shape()))

    # -- refusing and saying ---------------------------------------------------------------

    def refuse(self, what: str, hint: str = "") -> Refused:
        return Refused(what, hint, layer=self.node.name or self.node.outputs[0])

    def say(self, remark: str) -> None:
        """State a rewrite above the next layer."""
        self.writer.say(f"{self.node.op} {self.node.name or self.node.outputs[0]}: {remark}")

    def may(self, kind: str) -> bool:
        """May this type of a fork be used?"""
        return may_use(self.only, kind)

    @property
    def common(self) -> bool:
        """Only what every reader of Caffe's files understands, OpenCV's too, and no field or type
        that came late into Caffe 1.0: round_mode, Clip, Bias?"""
        return self.only == PURE

    # -- what follows ----------------------------------------------------------------------

    def follower(self, *operators: str) -> Node | None:
        """The node that alone reads the output so far, if it is one of these."""
        node = self.graph.only_reader(self.outputs[0])
        return node if node is not None and node.op in operators and not node.domain else None

    def take(self, node: Node) -> None:
        """Do the work of a node that follows, too: all else that it reads must be there."""
        self.taken.append(node)
        self.outputs = node.outputs

    # -- layers ----------------------------------------------------------------------------

    def blob(self, index: int = 0) -> str:
        """The blob that holds an input; of a constant a Parameter."""
        return self.blob_of(self.node.inputs[index])

    def blob_of(self, tensor: str) -> str:
        if tensor in self.writer.blobs:
            return self.writer.blobs[tensor]
        values = self.graph.constants.get(tensor)
        if values is None:
            raise self.refuse(f"it reads '{tensor}', which no blob holds")
        return self.constant(values)

    def constant(self, values: NDArray) -> str:
        """A blob of constant values."""
        self.say("a constant, in a Parameter layer")
        values = np.asarray(values, np.float32)
        shape = {"dim": list(values.shape)}
        (top,) = self.writer.add(
            "Parameter", [], [values.shape], [values], "constant", parameter_param={"shape": shape}
        )
        return top

    def size(self, blob: str) -> Shape:
        """The shape of a blob."""
        return self.writer.shapes[blob]

    def layer(
        self,
        kind: str,
        bottoms: str | Sequence[str],
        shape: Shape,
        weights: Sequence[NDArray] = (),
        what: str = "",
        **settings: Any,
    ) -> str:
        """Add a layer of one top, of this shape; returns its name."""
        return self.layers(kind, bottoms, [shape], weights, what, **settings)[0]

    def layers(
        self,
        kind: str,
        bottoms: str | Sequence[str],
        shapes: Sequence[Shape],
        weights: Sequence[NDArray] = (),
        what: str = "",
        **settings: Any,
    ) -> list[str]:
        """Add a layer of several tops."""
        names = [bottoms] if isinstance(bottoms, str) else list(bottoms)
        own = [np.array(values, np.float32, order="C") for values in weights]
        return self.writer.add(kind, names, shapes, own, what, **settings)


_CUT_BEFORE = "cut before it: --cut TENSOR"
