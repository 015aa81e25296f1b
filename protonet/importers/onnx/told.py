"""Layers that a model of ours tells in its metadata: they come back as they were.

Their nodes are taken out before the model is made ready; what they read is an output
meanwhile, what they make an input.  Then each comes back as one node.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ...export.onnx import told as exported
from ...export.onnx.packages import onnx_package
from ...proto import caffe_pb2 as pb
from ...proto.parser import parse
from .graph import Graph, Node
from .site import Site

#: The domain of the nodes that stand for such layers.
TOLD = "protonet"


class Told:
    """The layers that a model tells, whose nodes are all there and of which nothing else reads
    the inner tensors."""

    def __init__(self, model: Any, may: Callable[[str], bool]) -> None:
        """model: a ModelProto whose shapes are still noted.  may: whether a type may be used."""
        graph = model.graph
        self._outputs = [value.name for value in graph.output]
        self._values = {value.name: deepcopy(value) for value in [*graph.value_info, *graph.output]}
        told = [
            (each, parse(each.text, pb.LayerParameter)[0]) for each in exported.told_layers(model)
        ]
        self.layers = [
            (each, param) for each, param in told if may(param.type) and self._is_whole(graph, each)
        ]

    def _is_whole(self, graph: Any, told: exported.Told) -> bool:
        inside = [node for node in graph.node if node.name in set(told.nodes)]
        made = {name for node in inside for name in node.output} - set(told.tops)
        read = {name for node in graph.node if node.name not in told.nodes for name in node.input}
        known = all(top in self._values for top in told.tops)
        return len(inside) == len(told.nodes) and known and made.isdisjoint({*read, *self._outputs})

    def take_out(self, graph: Any) -> None:
        """Change a GraphProto whose sizes are fixed."""
        if not self.layers:
            return
        gone = {name for told, _ in self.layers for name in told.nodes}
        tops = {top for told, _ in self.layers for top in told.tops}
        kept = [node for node in graph.node if node.name not in gone]
        made = {name for node in kept for name in node.output}
        bottoms = {bottom for told, _ in self.layers for bottom in told.bottoms}
        wanted = [name for name in self._outputs if name not in tops]
        wanted += sorted((bottoms & made) - set(wanted))
        for field in (graph.node, graph.output):
            del field[:]
        graph.node.extend(kept)
        graph.output.extend(onnx_package().ValueInfoProto(name=name) for name in wanted)
        for top in sorted(tops):
            graph.input.add().CopyFrom(self._values[top])
            for dim in graph.input[-1].type.tensor_type.shape.dim:
                dim.dim_value = dim.dim_value or 1

    def put_back(self, graph: Graph) -> Graph:
        """The graph with a node for each of the layers, in no order."""
        nodes = [
            Node(param.type, param.name, TOLD, list(told.bottoms), list(told.tops), {"is": param})
            for told, param in self.layers
        ]
        tops = {top for node in nodes for top in node.outputs}
        inputs = [name for name in graph.inputs if name not in tops]
        return replace(graph, nodes=[*nodes, *graph.nodes], inputs=inputs, outputs=self._outputs)


def again(site: Site) -> list[str]:
    """The rule of such a node: the layer itself."""
    param = site.node.attributes["is"]
    settings = {
        field.name: value
        for field, value in param.ListFields()
        if field.name not in ("name", "type", "bottom", "top")
    }
    bottoms = [site.blob(i) for i in range(len(site.node.inputs))]
    shapes = [site.out(i) for i in range(len(site.outputs))]
    return site.layers(param.type, bottoms, shapes, **settings)
