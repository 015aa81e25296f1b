"""The proof of an import: onnxruntime on the model against the plain executor on the new files.

The model runs with every tensor as an output that a blob of the net holds.  Differences are
measured, and told, as for a model that was written: see `protonet.export.onnx.proof`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtonetError
from ...export.onnx.packages import onnx_package, onnxruntime_package
from ...export.onnx.proof import Proof
from ...export.onnx.runtime import quiet_options, run, session
from ...export.onnx.samples import samples
from ...export.proof import behind_jumps
from ...net.net import Net

#: NumPy's types by what onnxruntime calls them.
_TYPES = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
}


def prove(source: Any, net: Net, blobs: Mapping[str, str], free: bool, folder: Path) -> Proof:
    """Run the model and the net on several inputs, and note all differences.

    blobs: by tensor.  free: whether another batch is to be tried.  folder: where the model's
    external data lie.  ProtonetError if onnxruntime does not take the model.
    """
    proof = Proof(runtime=onnxruntime_package().__version__)
    tensors = _common(source, net, blobs)
    probe = session(_with_outputs(source, tensors).SerializeToString(), quiet_options(folder))
    kinds = {value.name: _TYPES.get(value.type, np.float32) for value in probe.get_inputs()}
    makers = {top: step for step in net.steps for top in step.top_names}
    for number, (more, spread) in enumerate(_trials(free)):
        if more and not _batch_grows(net, more):
            continue
        given = samples(net, np.random.default_rng(number), spread)
        proof.begin(given)
        want = run(probe, tensors, {name: x.astype(kinds[name]) for name, x in given.items()})
        net.forward(None, None, **given)
        for tensor, values in zip(tensors, want):
            step = makers[blobs[tensor]]
            got: NDArray = net.blobs[blobs[tensor]].data
            if got.size == values.size:
                got = got.reshape(values.shape)
            proof.note(tensor, step.layer, got, values)
    return proof


def _trials(free: bool) -> Iterator[tuple[int, float]]:
    """More items than at first, and the spread of pictures."""
    yield 0, 1.0
    yield 0, 10.0
    if free:
        yield 2, 1.0


def _common(source: Any, net: Net, blobs: Mapping[str, str]) -> list[str]:
    """The tensors that nodes of the model make and blobs of the net hold, but for those that
    depend on a choice: a difference by rounding may become any."""
    made = {name for node in source.graph.node for name in node.output}
    outside = {*net.inputs, *behind_jumps(net)}
    return [
        tensor
        for tensor, blob in blobs.items()
        if tensor in made and blob in net.blobs and blob not in outside
    ]


def _with_outputs(source: Any, tensors: list[str]) -> Any:
    onnx = onnx_package()
    model = onnx.ModelProto()
    model.CopyFrom(source)
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in tensors)
    return model


def _batch_grows(net: Net, more: int) -> bool:
    """Shape the inputs to more items; False, and all as it was, if the net does not take them."""
    shapes = {name: net.blobs[name].shape for name in net.inputs}
    try:
        for name, shape in shapes.items():
            net.blobs[name].reshape(shape[0] + more, *shape[1:])
        net.reshape()
    except ProtonetError:
        for name, shape in shapes.items():
            net.blobs[name].reshape(*shape)
        net.reshape()
        return False
    return True
