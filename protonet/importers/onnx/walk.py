"""From a graph to layers: every node through its rule, and all refusals told at once."""

from __future__ import annotations

from ...errors import NetError, ProtonetError, together
from . import rules as _rules  # noqa: F401  (fills the table)
from .graph import Graph, Node
from .registry import RULES
from .site import Site
from .told import TOLD, again
from .writer import Writer

#: Operators that only move values, of whatever type.
_MOVES = frozenset(
    {
        *("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"),
        *("Slice", "Concat", "Split", "Gather", "Expand", "Tile", "Greater"),
    }
)
#: More tensors to cut at are not told.
_MOST_CUTS = 8


def walk(graph: Graph, only: str | None = None) -> Writer:
    """The layers of a graph.  only: no types but Caffe's own ("caffe-1.0"), or these and a
    fork's; None: those of any fork where Caffe has none.

    NetError with every node that Caffe has no words for.
    """
    writer = Writer([*graph.inputs, *graph.outputs])
    refused: list[ProtonetError] = []
    #: Tensors that nobody makes since a node was refused.
    lost: set[str] = set()
    done: set[int] = set()
    _inputs(graph, writer)
    for node in graph.nodes:
        if id(node) in done:
            continue
        if lost.intersection(node.inputs):
            lost.update(node.outputs)
            if node.domain != TOLD and (node.op not in RULES or node.domain):
                refused.append(_unknown(node))
            continue
        site = Site(graph, node, writer, only)
        try:
            _convert(site)
        except NetError as error:
            refused.append(error.at(layer=node.name or node.outputs[0]).at(layer_type=node.op))
            lost.update(site.outputs)
        done.update(map(id, site.taken))
    if refused:
        refused[-1].hint = refused[-1].hint or _where_to_cut(graph, writer, lost)
        raise together(refused)
    return writer


def _where_to_cut(graph: Graph, writer: Writer, lost: set[str]) -> str:
    """The options that end the net before what was refused: at all that could be made, and is an
    output or read by what could not."""
    ends = [
        name
        for name in writer.blobs
        if name not in graph.inputs
        and (
            name in graph.outputs
            or any(lost.issuperset(node.outputs) for node in graph.readers.get(name, []))
        )
    ]
    if not ends or len(ends) > _MOST_CUTS:
        return ""
    return f"what comes before can be had: {' '.join(f'--cut {name}' for name in ends)}"


def _inputs(graph: Graph, writer: Writer) -> None:
    for name in graph.inputs:
        shape = graph.shapes.get(name)
        if shape is None:
            raise NetError(f"the input '{name}' is no tensor of a known shape")
        writer.begin(Node("Input", name, "", [], [name]))
        told = {"shape": [{"dim": list(shape)}]}
        writer.end(writer.add("Input", [], [shape], input_param=told), [name])


def _convert(site: Site) -> None:
    node, writer = site.node, site.writer
    serve = again if node.domain == TOLD else RULES.get(node.op)
    if serve is None or node.domain not in ("", TOLD):
        raise _unknown(node)
    if node.op not in _MOVES and _is_whole(site):
        raise site.refuse("it works with whole numbers or truths, blobs have floats")
    writer.begin(node)
    before = len(writer.layers), list(writer._remarks)
    try:
        made = serve(site)
    except NetError:
        del writer.layers[before[0] :]
        writer._remarks = before[1]
        raise
    blobs = [made] if isinstance(made, str) else list(made)
    writer.end(blobs, site.outputs)
    for tensor in site.outputs[len(blobs) :]:
        if tensor in site.graph.readers or tensor in site.graph.outputs:
            raise site.refuse(f"its output '{tensor}' is read", "cut the net before it")


def _is_whole(site: Site) -> bool:
    return not site.graph.whole.isdisjoint(site.node.outputs[:1])


def _unknown(node: Node) -> NetError:
    what = f"Caffe has no layers for the operator {node.op}"
    if node.domain:
        what += f" of {node.domain}"
    return NetError(what, layer=node.name or node.outputs[0], layer_type=node.op)
