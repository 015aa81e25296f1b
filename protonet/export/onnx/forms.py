"""Other forms of a model that was proved: with fewer nodes, in half precision."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ...errors import NetError
from .packages import onnxruntime_package
from .runtime import optimised


def simplified(file: Path) -> Any:
    """The model in `file` as onnxruntime's basic optimisation leaves it: constants folded, what
    does nothing taken out, BatchNorm and Scale in the weights before them; standard operators
    only.  Names of tensors that remain are the same.
    """
    model = optimised(file, file.with_name(f"{file.name}.simple"))
    drop_domains(model)
    return model


def drop_domains(model: Any) -> None:
    """Import the standard operators alone; NetError if a node is of another domain."""
    strange = sorted({node.domain for node in model.graph.node} - {"", "ai.onnx"})
    if strange:
        raise NetError(f"onnxruntime put operators of {', '.join(strange)} into the model")
    kept = [each for each in model.opset_import if each.domain in ("", "ai.onnx")]
    del model.opset_import[:]
    model.opset_import.extend(kept)


def halved(model: Any) -> Any:
    """The model with weights and values in float16, by onnxruntime's converter; inputs and
    outputs stay float32, and so do operators that have no float16 or lose too much."""
    onnxruntime_package()
    from onnxruntime.transformers.float16 import convert_float_to_float16

    copy = type(model)()
    copy.CopyFrom(model)
    with warnings.catch_warnings():  # of weights beyond what float16 holds: the proof tells
        warnings.simplefilter("ignore")
        made = convert_float_to_float16(copy, keep_io_types=True)
    _sort(made.graph)
    return made


def _sort(graph: Any) -> None:
    """Put nodes behind those whose outputs they read, and else leave them in their order."""
    maker = {name: i for i, node in enumerate(graph.node) for name in node.output}
    nodes, order, seen = list(graph.node), [], set()
    for first in range(len(nodes)):
        stack = [first]
        while stack:
            i = stack[-1]
            before = [maker[name] for name in nodes[i].input if name in maker]
            waiting = [k for k in before if k not in seen]
            if i not in seen and waiting:
                stack += waiting
                continue
            stack.pop()
            if i not in seen:
                seen.add(i)
                order.append(i)
    copies = [type(nodes[i]).FromString(nodes[i].SerializeToString()) for i in order]
    del graph.node[:]
    graph.node.extend(copies)
