"""The graph of an ONNX model, as rules look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError
from ...export.onnx.packages import onnx_package

Shape = tuple[int, ...]


@dataclass(eq=False)
class Node:
    """One node.  domain: "" for ONNX's own operators.  inputs: names, "" for one left out."""

    op: str
    name: str
    domain: str
    inputs: list[str]
    outputs: list[str]
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Graph:
    """A graph whose sizes are all known.  nodes: in an order in which they can run.  constants:
    values by name.  shapes: of all tensors that inference knows.  opset: of ONNX's operators.
    whole: tensors of whole numbers or truths."""

    name: str
    nodes: list[Node]
    inputs: list[str]
    outputs: list[str]
    constants: Mapping[str, NDArray]
    shapes: Mapping[str, Shape]
    opset: int
    whole: Set[str] = frozenset()

    @cached_property
    def readers(self) -> Mapping[str, list[Node]]:
        """The nodes that read a tensor, one for each time."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in filter(None, node.inputs):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def makers(self) -> Mapping[str, Node]:
        return {name: node for node in self.nodes for name in node.outputs if name}

    def only_reader(self, tensor: str) -> Node | None:
        """The node that reads a tensor, if nobody else does."""
        found = self.readers.get(tensor, [])
        if tensor in self.outputs or not found or any(node is not found[0] for node in found):
            return None
        return found[0]

    def in_order_of(self, outputs: Sequence[str]) -> Graph:
        """The graph with its nodes in the order in which these tensors come, and each behind those
        that it reads from."""
        done: dict[int, Node] = {}
        for name in [*outputs, *(name for node in self.nodes for name in node.outputs)]:
            waiting = [self.makers[name]] if name in self.makers else []
            while waiting:
                node = waiting[-1]
                before = [self.makers[each] for each in node.inputs if each in self.makers]
                if missing := [each for each in before if id(each) not in done]:
                    waiting.extend(missing)
                else:
                    done.setdefault(id(waiting[-1]), waiting.pop())
        return replace(self, nodes=list(done.values()))


def read_graph(model: Any) -> Graph:
    """The graph of a ModelProto whose shapes have been inferred."""
    graph = model.graph
    constants = {tensor.name: _values(tensor) for tensor in graph.initializer}
    nodes = []
    for node in _nodes(graph):
        if node.op == "Constant" and "value" in node.attributes:
            constants[node.outputs[0]] = _values(node.attributes["value"])
        else:
            nodes.append(node)
    shapes = {name: array.shape for name, array in constants.items()}
    whole: set[str] = set()
    for value in [*graph.value_info, *graph.input, *graph.output]:
        dims = value.type.tensor_type.shape.dim
        if value.type.tensor_type.elem_type not in _FLOATS:
            whole.add(value.name)
        if value.type.tensor_type.HasField("shape") and all(d.HasField("dim_value") for d in dims):
            shapes[value.name] = tuple(d.dim_value for d in dims)
    return Graph(
        graph.name,
        nodes,
        [value.name for value in graph.input if value.name not in constants],
        [value.name for value in graph.output],
        constants,
        shapes,
        max((each.version for each in model.opset_import if each.domain in _OWN), default=1),
        whole,
    )


#: Numbers of the types of floats, and of what is not known.
_FLOATS = (0, 1, 10, 11, 16)
#: Names of the domain of ONNX's own operators.
_OWN = ("", "ai.onnx")


def _values(tensor: Any) -> NDArray:
    """Of a TensorProto.  NetError if its dimensions are none of an array."""
    try:
        return np.asarray(onnx_package().numpy_helper.to_array(tensor))
    except (ValueError, TypeError) as error:
        raise NetError(f"the tensor '{tensor.name}' cannot be read: {error}") from error


def _nodes(graph: Any) -> Iterator[Node]:
    value_of = onnx_package().helper.get_attribute_value
    for node in graph.node:
        attributes = {each.name: _plain(value_of(each)) for each in node.attribute}
        domain = "" if node.domain in _OWN else node.domain
        yield Node(node.op_type, node.name, domain, list(node.input), list(node.output), attributes)


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
