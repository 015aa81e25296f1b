"""Before any rule: a model is cut, its sizes are fixed, and what is constant is computed.

The work is onnxruntime's basic optimisation: it computes constants, takes out what does
nothing, and moves transpositions until they meet and cancel.  What would join nodes that have
layers of their own is switched off.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import NetError, did_you_mean, together
from ...export.onnx.packages import onnx_package
from ...export.onnx.runtime import optimised
from ...files import why_unreadable
from ...proto.octets import lift
from .graph import Graph, read_graph
from .told import Told

Shapes = Mapping[str, Sequence[int]]

#: The first opset that onnxruntime has all operators of.
_OLDEST = 7
#: Of onnxruntime: what puts a BatchNormalization, a factor or an offset into weights.
_FOLD = ("ConvBNFusion", "ConvMulFusion", "ConvAddFusion", "MatmulBNFusion")
#: What else joins or drops nodes that have a layer of their own.
_NEVER = (
    *("FuseReluClip", "EliminateDropout", "CommonSubexpressionElimination", "ConstantSharing"),
    *("GeluFusionL1", "GeluFusion", "LayerNormFusionL1", "LayerNormFusion", "GemmSumFusion"),
    "MatMulAddFusion",
)


@dataclass(frozen=True)
class Prepared:
    """source: the model as it was, cut, with its sizes as they were but where they were given.
    graph: what rules work on.  free: may the first axis of its inputs vary?  folded: tensors
    of `source` that are no more since BatchNormalization went into weights."""

    source: Any
    graph: Graph
    free: bool
    file: str | None


def prepared(
    model: Any,
    shapes: Shapes | None = None,
    cut: Sequence[str] = (),
    fold_bn: bool = False,
    may: Callable[[str], bool] = bool,
) -> Prepared:
    """Read a model, a path or a ModelProto, and make it ready.

    shapes: of inputs by name, in place of the model's own.  cut: tensors that are the outputs.
    may: whether a type of Caffe may be used.
    NetError for a file that cannot be read, an unknown tensor, or a size nobody knows.
    """
    file = os.fspath(model) if isinstance(model, (str, os.PathLike)) else None
    try:
        source = read_model(model)
        if cut:
            cut_at(source.graph, cut)
        told = Told(source, may)
        free = _take_sizes(source.graph, shapes or {})
        fixed = type(source)()
        fixed.CopyFrom(source)
        _fix_sizes(fixed.graph)
        told.take_out(fixed.graph)
        made = _optimised(fixed, fold_bn)
        if any(node.op_type == "Shape" for node in made.graph.node):
            made = _optimised(made, fold_bn)  # what functions were made of has come to light
        graph = told.put_back(read_graph(_inferred(made)))
        order = [name for node in source.graph.node for name in node.output]
        return Prepared(source, graph.in_order_of(order), free, file)
    except NetError as error:
        raise error.at(file=file) from None


def read_model(model: Any) -> Any:
    """A ModelProto of a path; of a ModelProto a copy."""
    onnx = onnx_package()
    if not isinstance(model, (str, os.PathLike)):
        copy = onnx.ModelProto()
        copy.CopyFrom(model)
        return _newer(copy)
    try:
        read = onnx.load(os.fspath(model))
    except OSError as error:
        raise NetError(*why_unreadable(model, error)) from error
    except Exception as error:  # protobuf's own, of several names
        raise NetError("this is no ONNX model") from error
    lift(read)  # names that are not UTF-8
    if not read.graph.node:
        raise NetError("this is no ONNX model, or one without any node")
    return _newer(read)


def _newer(model: Any) -> Any:
    """A model of the first opsets, which no program of today runs, in a newer one."""
    version = max((each.version for each in model.opset_import if not each.domain), default=1)
    if version >= _OLDEST:
        return model
    try:
        return onnx_package().version_converter.convert_version(model, _OLDEST)
    except Exception as error:
        raise NetError(f"opset {version} is too old", "export the model anew") from error


def cut_at(graph: Any, tensors: Sequence[str]) -> None:
    """Make these tensors the outputs, and drop all that they do not need."""
    onnx = onnx_package()
    made = {name: node for node in graph.node for name in node.output}
    for name in tensors:
        if name not in made:
            what = f"no node makes a tensor '{name}' to cut at"
            raise NetError(what, did_you_mean(name, made) or "its name is as Netron shows it")
    needed, open_names = set(), list(tensors)
    while open_names:
        node = made.get(name := open_names.pop())
        if name not in needed and node is not None:
            open_names.extend(_reads(node))
        needed.add(name)
    kept = [node for node in graph.node if needed.intersection(node.output)]
    inputs = [value for value in graph.input if value.name in needed]
    for field, items in ((graph.node, kept), (graph.input, inputs)):
        del field[:]
        field.extend(items)
    del graph.output[:]
    graph.output.extend(onnx.ValueInfoProto(name=name) for name in tensors)


def _reads(node: Any) -> list[str]:
    """What a node reads, the bodies of its loops and branches included."""
    inner = [body for each in node.attribute for body in (each.g, *each.graphs)]
    return [*node.input, *(name for body in inner for each in body.node for name in _reads(each))]


def _take_sizes(graph: Any, shapes: Shapes) -> bool:
    """Write the shapes that were given; tells whether the batch may vary: the first axis of
    all inputs, none of which was given."""
    del graph.value_info[:]
    for value in graph.output:
        if value.HasField("type"):
            value.type.tensor_type.ClearField("shape")
    inputs = {value.name: value for value in _inputs(graph)}
    for name, sizes in shapes.items():
        if name not in inputs:
            raise NetError(f"the model has no input '{name}'", f"it has {', '.join(inputs)}")
        shape = inputs[name].type.tensor_type.shape
        if len(shape.dim) not in (0, len(sizes)):
            raise NetError(f"'{name}' has {len(shape.dim)} axes, {len(sizes)} sizes are given")
        del shape.dim[:]
        for size in sizes:
            shape.dim.add(dim_value=int(size))
    dims = [value.type.tensor_type.shape.dim for value in inputs.values()]
    return bool(dims) and all(len(d) and not d[0].HasField("dim_value") for d in dims)


def _inputs(graph: Any) -> list[Any]:
    constants = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in constants]


def _fix_sizes(graph: Any) -> None:
    """1 for the first axis of an input where it varies; NetError for all other such axes."""
    unknown = []
    for value in _inputs(graph):
        shape = value.type.tensor_type.shape
        if shape.dim and not shape.dim[0].HasField("dim_value"):
            shape.dim[0].dim_value = 1
        open_axes = [i for i, d in enumerate(shape.dim) if d.dim_value <= 0]
        if open_axes or not value.type.tensor_type.HasField("shape"):
            told = [str(d.dim_value or d.dim_param or "?") for d in shape.dim]
            what = f"sizes of the input '{value.name}' vary: {', '.join(told) or 'all'}"
            unknown.append(NetError(what, f"fix them: --shape {value.name}=1,3,224,224"))
    if unknown:
        raise together(list(unknown))


def _optimised(model: Any, fold_bn: bool) -> Any:
    """The model after onnxruntime's basic optimisation."""
    left_out = list(_NEVER if fold_bn else (*_NEVER, *_FOLD))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder, "model.onnx")
        return optimised(model.SerializeToString(), scratch, disabled_optimizers=left_out)


def _inferred(model: Any) -> Any:
    model.ir_version = max(model.ir_version, 4)  # before, constants were inputs as well
    try:
        return onnx_package().shape_inference.infer_shapes(model, data_prop=True)
    except Exception:  # the rules refuse what has no shape
        return model
