"""Small ONNX models to import, and what they should give: by onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from protonet.importers.onnx.importer import Imported

Node = tuple[str, Sequence[str], Mapping[str, Any]]


def graph(
    inputs: Mapping[str, Sequence[int | str]],
    nodes: Sequence[Any],
    constants: Mapping[str, NDArray] | None = None,
    outputs: Sequence[str] = ("y",),
    opset: int = 17,
) -> onnx.ModelProto:
    """A model of float inputs.  nodes: made by `helper.make_node`."""
    initializers = [
        numpy_helper.from_array(
            array if array.dtype.kind == "i" else array.astype(np.float32), name
        )
        for name, array in (constants or {}).items()
    ]
    made = helper.make_graph(
        list(nodes),
        "small",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, list(s)) for n, s in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        initializers,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def one(
    kind: str, shape: Sequence[int], *constants: NDArray | None, opset: int = 17, **attributes: Any
) -> onnx.ModelProto:
    """A model of one node: x, and constants (None: an input left out)."""
    names = ["" if values is None else f"c{i}" for i, values in enumerate(constants)]
    node = helper.make_node(kind, ["x", *names], ["y"], name="it", **attributes)
    given = {n: values for n, values in zip(names, constants) if values is not None}
    return graph({"x": shape}, [node], given, opset=opset)


def values(seed: int, *shape: int) -> NDArray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def inputs_of(model: onnx.ModelProto, seed: int = 0) -> dict[str, NDArray]:
    return {
        value.name: values(seed + i, *[d.dim_value or 1 for d in value.type.tensor_type.shape.dim])
        for i, value in enumerate(model.graph.input)
    }


def ran(made: Imported, given: Mapping[str, NDArray]) -> dict[str, NDArray]:
    """What the imported net makes of inputs: all outputs by name."""
    net = made.net()
    net.forward(None, None, **given)
    return {name: net.blobs[made.blobs[name]].data for name in made.prepared.graph.outputs}


def reference(model: onnx.ModelProto, given: Mapping[str, NDArray]) -> dict[str, NDArray]:
    """What onnxruntime makes of it, without any optimisation."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    names = [value.name for value in model.graph.output]
    return dict(zip(names, session.run(names, dict(given))))


def types(made: Imported) -> list[str]:
    return [layer.type for layer in made.message.layer if layer.type != "Input"]
