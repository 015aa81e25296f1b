"""Pictures of nets: from a NetParameter as it is written, nothing is built or imported.

A file's name does as well: fields that nobody knows are no hindrance then.

SVG and DOT text are made here.  For other formats the program `dot` of Graphviz is used if
there is one, else Matplotlib.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from ..errors import ProtonetError, missing_extra
from ..files import atomic_write
from ..net.passes import rule_holds
from ..net.types import read_definition
from ..proto import caffe_pb2 as pb
from ..viz.describe import window
from ..viz.layout import columns as layout
from ..viz.layout.columns import Graph, Node

_COLORS = {
    "Convolution": "#FF5050",
    "Deconvolution": "#FF5050",
    "Pooling": "#FF9900",
    "InnerProduct": "#CC33FF",
}
_LEARNING = ("Convolution", "Deconvolution", "InnerProduct")
LAYER_STYLE_DEFAULT = {"shape": "record", "fillcolor": "#6495ED", "style": "filled"}
NEURON_LAYER_STYLE = {"shape": "record", "fillcolor": "#90EE90", "style": "filled"}
BLOB_STYLE = {"shape": "octagon", "fillcolor": "#E0E0E0", "style": "filled"}


# -- what is written on nodes and edges ----------------------------------------------------


def get_pooling_types_dict() -> dict[int, str]:
    """From the number of a pooling method to its name."""
    return {number: name for name, number in pb.PoolingParameter.PoolMethod.items()}


def choose_color_by_layertype(layertype: str) -> str:
    return _COLORS.get(layertype, LAYER_STYLE_DEFAULT["fillcolor"])


def get_edge_label(layer: pb.LayerParameter) -> str:
    """Batch size of a Data layer, number of outputs of a learning one, '""' of others."""
    if layer.type == "Data":
        return f"Batch {layer.data_param.batch_size}"
    if layer.type in ("Convolution", "Deconvolution"):
        return str(layer.convolution_param.num_output)
    if layer.type == "InnerProduct":
        return str(layer.inner_product_param.num_output)
    return '""'


def get_layer_lr_mult(layer: pb.LayerParameter) -> tuple[float, float]:
    """Learning rate multipliers of weights and bias.  ValueError for types without them."""
    if layer.type not in _LEARNING:
        raise ValueError(f"{layer.type} layers have no learning rate multipliers")
    if len(layer.param) > 2:
        raise ValueError(f"layer '{layer.name}' has {len(layer.param)} param entries, not 2")
    first, second = [*(spec.lr_mult for spec in layer.param), 1.0, 1.0][:2]
    return first, second


def get_layer_label(layer: pb.LayerParameter, rankdir: str, display_lrm: bool = False) -> str:
    """Name, type and sizes of a layer in quotes; in lines (as the two characters \\n) if the
    graph goes from left to right."""
    between = " " if rankdir in ("TB", "BT") else r"\n"
    return f'"{between.join(_descriptions(layer, between, display_lrm))}"'


def _descriptions(layer: pb.LayerParameter, between: str, display_lrm: bool) -> Iterator[str]:
    yield layer.name
    method = ""
    if layer.type == "Pooling":
        method = f" {get_pooling_types_dict()[layer.pooling_param.pool]}"
    yield f"({layer.type}{method})"
    if layer.type in ("Convolution", "Deconvolution", "Pooling"):
        yield between.join(f"{name}: {size}" for name, size in window(layer))
    if display_lrm and layer.type in _LEARNING:
        rates = get_layer_lr_mult(layer)
        if any(rates):
            yield "lr mult: {:.1f}, {:.1f}".format(*rates)


# -- the graph -----------------------------------------------------------------------------


def make_graph(
    caffe_net: pb.NetParameter | str | os.PathLike,
    rankdir: str,
    label_edges: bool = True,
    phase: int | None = None,
    display_lrm: bool = False,
) -> Graph:
    """Layers and blobs as nodes, joined by edges.  phase: of the layers to show, or all.

    Layers of one name, type and tops are one node: those of two phases, as in Caffe.
    ValueError if a layer has both include and exclude rules.
    """
    tops: dict[str, list[str]] = {}  # of a node
    if isinstance(caffe_net, (str, os.PathLike)):
        caffe_net = read_definition(caffe_net, partial=True).message
    graph = Graph(caffe_net.name or "Net", rankdir)
    for i, layer in enumerate(caffe_net.layer):
        if phase is not None and not _shown(layer, phase):
            continue
        label = get_layer_label(layer, rankdir, display_lrm).strip('"')
        in_place = len(layer.bottom) == 1 and list(layer.bottom) == list(layer.top)
        style = NEURON_LAYER_STYLE if in_place else LAYER_STYLE_DEFAULT
        color = style["fillcolor"] if in_place else choose_color_by_layertype(layer.type)
        name = f"{layer.name}_{layer.type}"
        if tops.setdefault(name, [*layer.top]) != [*layer.top]:
            name = f"{name}_{i}"
        node = graph.add(Node(name, label, {**style, "fillcolor": color}))
        for blob in layer.bottom:
            graph.join(graph.add(_blob(blob)), node, "")
        for blob in layer.top:
            text = get_edge_label(layer).strip('"') if label_edges else ""
            graph.join(node, graph.add(_blob(blob)), text)
    return graph


def _blob(name: str) -> Node:
    return Node(f"{name}_blob", name, BLOB_STYLE)


def _shown(layer: pb.LayerParameter, phase: int) -> bool:
    """Does a layer belong to a phase?  Levels and stages are not looked at."""
    if layer.include and layer.exclude:
        raise ValueError(f"layer '{layer.name}' has include and exclude rules together")
    state = pb.NetState(phase=phase)

    def holds(rule: pb.NetStateRule) -> bool:
        return rule_holds(pb.NetStateRule(phase=rule.phase), state)

    if layer.include:
        return any(map(holds, layer.include))
    return not any(map(holds, layer.exclude))


def get_pydot_graph(
    caffe_net: pb.NetParameter,
    rankdir: str,
    label_edges: bool = True,
    phase: int | None = None,
    display_lrm: bool = False,
) -> Any:
    """The graph as an object of the package pydot (or pydotplus), to be changed by hand."""
    pydot = _pydot()
    graph = make_graph(caffe_net, rankdir, label_edges, phase, display_lrm)
    result = pydot.Dot(graph.name, graph_type="digraph", rankdir=rankdir)
    nodes = {
        node.name: pydot.Node(f'"{node.label}"', **node.style) for node in graph.nodes.values()
    }
    for node in nodes.values():
        result.add_node(node)
    for source, target, label in graph.edges:
        result.add_edge(pydot.Edge(nodes[source], nodes[target], label=f'"{label}"'))
    return result


def _pydot() -> Any:
    for name in ("pydotplus", "pydot"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ProtonetError(
        "get_pydot_graph needs the package 'pydot'",
        "pip install pydot; draw_net and draw_net_to_file do without",
    )


# -- the picture ---------------------------------------------------------------------------


def draw_net(
    caffe_net: pb.NetParameter | str | os.PathLike,
    rankdir: str,
    ext: str = "png",
    phase: int | None = None,
    display_lrm: bool = False,
) -> bytes:
    """The content of an image file.  rankdir: LR, RL, TB or BT.  ext: the format, svg, png,
    pdf, or dot (also gv, raw) for the text that Graphviz reads."""
    graph = make_graph(caffe_net, rankdir, phase=phase, display_lrm=display_lrm)
    if ext in ("dot", "gv", "raw"):
        return layout.to_dot(graph).encode()
    program = shutil.which("dot")
    if program is not None:
        done = subprocess.run(
            [program, f"-T{ext}"], input=layout.to_dot(graph).encode(), capture_output=True
        )
        if done.returncode == 0:
            return done.stdout
        raise ProtonetError(f"dot cannot draw it: {done.stderr.decode(errors='replace').strip()}")
    if ext == "svg":
        return layout.to_svg(graph).encode()
    try:
        importlib.import_module("matplotlib")
    except ImportError:
        raise missing_extra("matplotlib", "plot", f"drawing {ext} without Graphviz") from None
    return layout.to_image(graph, ext)


def draw_net_to_file(
    caffe_net: pb.NetParameter | str | os.PathLike,
    filename: str | os.PathLike,
    rankdir: str = "LR",
    phase: int | None = None,
    display_lrm: bool = False,
) -> None:
    """Write a picture; the format is the name's ending."""
    ending = os.path.splitext(filename)[1].lstrip(".") or "png"
    atomic_write(filename, draw_net(caffe_net, rankdir, ending, phase, display_lrm))
