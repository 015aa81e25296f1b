"""Golden layer cases as ONNX models: built, checked, run by onnxruntime and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from protonet.export.onnx.external import fill
from protonet.export.onnx.model import Exported, exported
from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import PHASE, Comparison, under

#: What the single precision of another engine may add to a case's tolerance.
SLACK = 10


def run_case(props: Mapping[str, Any], case: Mapping[str, NDArray], **options: Any) -> None:
    """Export the net of the current directory, run all passes of the case, compare all tops."""
    net = Net("net.prototxt", phase=PHASE[props["phase"]], **options)
    for name, want in under(case, "param").items():
        layer, i = golden.param_key(name)
        net.params[layer][i].data[...] = want
    for name, values in under(case, "in").items():
        net.blobs[name].reshape(*values.shape)
    made = exported(net)
    fill(made.model, made.arrays)
    onnx.checker.check_model(made.model, full_check=True)
    session = session_of(made)
    allowed = {**props["tolerance"], "value": SLACK * props["tolerance"]["value"]}
    found, states = Comparison(allowed), {}
    for step in range(1, props["forwards"] + 1):
        tag = "" if step == 1 else f"@{step}"
        given = {name: net.blobs[name].data for name in made.inputs}
        given |= {name: x.astype(np.float32) for name, x in under(case, "in" + tag).items()}
        got = run(session, {**given, **states})
        states = {start: got[end] for start, end in made.states.items()}
        wanted = in_order(under(case, "out" + tag), props)
        blobs = {name: (given | got)[made.tensors[name]] for name in wanted}
        for name, values in in_order(blobs, props).items():
            found.value(f"out{tag}/{name}", values, wanted[name])
    found.check()


def in_order(blobs: dict[str, NDArray], props: Mapping[str, Any]) -> dict[str, NDArray]:
    """The blobs whose rows have no order sorted, by the rows of the first of them."""
    unordered = props.get("unordered", [])
    if not unordered or not len(blobs[unordered[0]]):
        return blobs
    order = np.lexsort(blobs[unordered[0]].T[::-1])
    return {**blobs, **{name: blobs[name][order] for name in unordered}}


def session_of(made: Exported) -> onnxruntime.InferenceSession:
    """A session in which every tensor that has a blob's name is an output."""
    fill(made.model, made.arrays)
    graph = made.model.graph
    have = {value.name for value in [*graph.output, *graph.input]}
    graph.output.extend(value for value in graph.value_info if value.name not in have)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # tiny nets: starting threads would take longest
    return onnxruntime.InferenceSession(
        made.model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def run(session: onnxruntime.InferenceSession, given: dict[str, NDArray]) -> dict[str, NDArray]:
    known = {value.name for value in session.get_inputs()}
    known |= {value.name for value in session.get_overridable_initializers()}
    names = [value.name for value in session.get_outputs()]
    return dict(zip(names, session.run(names, {k: x for k, x in given.items() if k in known})))
