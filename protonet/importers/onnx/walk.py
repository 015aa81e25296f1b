"""From a graph to layers: every node through its rule, and all refusals told at once."""

from __future__ import annotations

from ...errors import NetError, ProtonetError, did_you_mean, together
from . import rules as _rules  # noqa: F401  (fills the table)
from .graph import Graph, Node
from .registry import RULES
from .site import PURE, Site
from .told import TOLD, again
from .writer import Writer

_CUT = "cut the net before it (--cut TENSOR), and do the rest in the program that runs it"
#: Operators that only move values, of whatever type.
_MOVES = frozenset(
    {
        *("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"),
        *("Slice", "Concat", "Split", "Gather", "Expand", "Tile", "Greater"),
    }
)
#: Why an operator has no rule, where there is more to say.
_HINTS = {
    "NonMaxSuppression": _CUT,
    "TopK": _CUT,
    "NonZero": _CUT,
    "RoiAlign": _CUT,
    "EfficientNMS_TRT": _CUT,
    "GRU": "write it as an LSTM",
}


def walk(graph: Graph, only: str | None = None) -> Writer:
    """The layers of a graph.  only: no types but Caffe's own ("caffe-1.0"), or these and a
    fork's; None: those of any fork where Caffe has none.

    NetError with every node that Caffe has no words for.
    """
    writer = Writer([*graph.inputs, *graph.outputs])
    refused: list[ProtonetError] = []
    lost: set[str] = set()
    done: set[int] = set()
    _inputs(graph, writer)
    for node in graph.nodes:
        if id(node) in done:
            continue
        if lost.intersection(node.inputs):
            lost.update(node.outputs)
            if node.op not in RULES or node.domain:
                refused.append(_unknown(node))
            continue
        site = Site(graph, node, writer, PURE if only == PURE else only)
        try:
            _convert(site)
        except NetError as error:
            refused.append(error.at(layer=node.name or node.outputs[0]).at(layer_type=node.op))
            lost.update(site.outputs)
        done.update(map(id, site.taken))
    if refused:
        raise together(refused)
    return writer


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
    hint = _HINTS.get(node.op) or did_you_mean(node.op, RULES) or _CUT
    what = f"Caffe has no layers for the operator {node.op}"
    if node.domain:
        what += f" of {node.domain}"
    return NetError(what, hint, layer=node.name or node.outputs[0], layer_type=node.op)
