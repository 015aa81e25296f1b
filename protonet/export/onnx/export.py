"""A net as an ONNX file: made, proved, and only then given its name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...core.context import TEST
from ...errors import NetError
from ...files import atomic_path
from ...net.net import Net
from ...version import __version__
from .model import USUAL, Exported, exported
from .packages import onnx_package
from .proof import ALLOWED, Proof, prove

Shapes = Mapping[str, Sequence[int | str]]

#: Bytes of weights from which on they go into a file of their own, "NAME.onnx.data": a
#: protobuf message ends at 2 GB.
EXTERNAL = 2**31 - 2**24
#: Tensors below this stay in the model.
_SMALL = 256


def onnx(
    net: Net,
    path: str | os.PathLike,
    *,
    opset: int = USUAL,
    batch: int | str | None = None,
    shapes: Shapes | None = None,
    verify: bool = True,
    inputs: Mapping[str, NDArray] | None = None,
    external: int = EXTERNAL,
) -> Proof | None:
    """Write a net as an ONNX model that any engine runs; returns the proof that it is right.

        proof = protonet.export.onnx(protonet.Net("deploy.prototxt", "net.caffemodel"), "net.onnx")
        print(proof.table())

    Inputs, outputs, blobs and layers keep their names; of a blob that layers change in place
    the last value has its name, earlier ones are "blob@layer".  What data layers read becomes
    inputs.  LSTM and RNN take their state from inputs "layer/h_0", zeros unless given, and
    hand it on as outputs "layer/h_T".

    opset: version of ONNX's operators.  batch: "dynamic", or a number; None: dynamic where the
    net can be of any batch, else as it is.  shapes: of inputs by name, in which words stand for
    sizes that may vary: {"data": ("n", 3, "h", "w")}; dynamic then is what they say.
    verify: hold the model against the plain executor in onnxruntime, on several inputs, at a
    second batch and at other sizes where they vary.  Without it the model says that it was not.
    inputs: arrays for that by the names of inputs; random ones are made for the others.
    external: bytes of weights from which on they lie beside, in "NAME.onnx.data".

    NetError for all layers that ONNX has no words for, each with its line, and for a model that
    differs by more than 1e-4 of a blob's largest value: then no file is written.
    """
    made = exported(net, opset=opset, batch=batch, shapes=shapes)
    describe(made, net)
    target = os.fspath(path)
    beside = f"{target}.data"
    with ExitStack() as files:
        data: Path | None = None
        if made.model.ByteSize() >= external:
            data = files.enter_context(atomic_path(beside))
            _move_out(made.model, data)
        file = files.enter_context(atomic_path(target))
        file.write_bytes(made.model.SerializeToString())
        check(file)
        proof = prove(made, file, inputs) if verify else None
        if proof is not None:
            _judge(proof, target, lambda: prove(made, file, inputs, alone=True))
        note(made.model, "verified", "no" if proof is None else f"yes: {proof}")
        if data is not None:
            _say_where(made.model, os.path.basename(beside))
        file.write_bytes(made.model.SerializeToString())
    return proof


def onnx_model(
    net: Net,
    *,
    opset: int = USUAL,
    batch: int | str | None = None,
    shapes: Shapes | None = None,
) -> Any:
    """The `onnx.ModelProto` of a net in memory, checked but not proved; arguments as of `onnx`.

    Its inputs and outputs have the names of the net's, in the net's order.
    """
    made = exported(net, opset=opset, batch=batch, shapes=shapes)
    describe(made, net)
    note(made.model, "verified", "no")
    if made.model.ByteSize() < EXTERNAL:
        check(made.model)
    return made.model


def check(model: Any) -> None:
    """NetError if onnx.checker or its inference of shapes finds fault with a model or a file."""
    checker = onnx_package().checker
    try:
        checker.check_model(os.fspath(model) if isinstance(model, Path) else model, full_check=True)
    except Exception as error:
        what = str(error).strip().splitlines()[0]
        raise NetError(f"the model does not pass onnx.checker: {what}") from error


def _judge(proof: Proof, target: str, alone: Callable[[], Proof]) -> None:
    """NetError for a model that differs; `alone` tells whether a layer is at fault."""
    faults = proof.faults()
    if not faults:
        return
    wrong = alone().faults()
    if wrong:
        names = ", ".join(f"'{found.layer}' ({found.type})" for found in wrong[:5])
        what, why = f"the model differs from the net by more than {ALLOWED:g} in {names}", ""
    else:
        what = f"the model differs from the net by more than {ALLOWED:g}, but no layer by itself"
        why = "the net makes much of rounding, as with weights that are not trained; "
    raise NetError(what, f"{why}no file was written:\n{proof.table()}", file=target)


def describe(made: Exported, net: Net) -> None:
    """What the model says of where it comes from."""
    definition = net.definition
    note(made.model, "phase", "TEST" if net.phase == TEST else "TRAIN")
    note(made.model, "protonet", __version__)
    if definition.file is not None and os.path.isfile(definition.file):
        content = Path(definition.file).read_bytes()
        note(made.model, "prototxt", os.path.basename(definition.file))
    else:
        content = definition.message.SerializeToString(deterministic=True)
    note(made.model, "prototxt_sha256", hashlib.sha256(content).hexdigest())
    note(made.model, "weights_sha256", _weights_hash(net))


def _weights_hash(net: Net) -> str:
    """Of all parameters' values as float32, in their order."""
    digest = hashlib.sha256()
    for blob in net.learnable_params:
        digest.update(blob.data.astype("<f4", copy=False).tobytes())
    return digest.hexdigest()


def note(model: Any, key: str, value: str) -> None:
    """Set one of the model's metadata."""
    for entry in model.metadata_props:
        if entry.key == key:
            entry.value = value
            return
    model.metadata_props.add(key=key, value=value)


def _large(model: Any) -> Iterator[Any]:
    return (t for t in model.graph.initializer if len(t.raw_data) >= _SMALL or t.external_data)


def _move_out(model: Any, data: Path) -> None:
    """Put the large tensors into a file, each from a multiple of 4096 bytes on."""
    with open(data, "wb") as file:
        for tensor in _large(model):
            start = -(-file.tell() // 4096) * 4096
            file.seek(start)
            length = file.write(tensor.raw_data)
            tensor.ClearField("raw_data")
            tensor.data_location = tensor.EXTERNAL
            places = {"location": data.name, "offset": str(start), "length": str(length)}
            for key, value in places.items():
                tensor.external_data.add(key=key, value=value)


def _say_where(model: Any, name: str) -> None:
    """The name that the file of large tensors will have."""
    for tensor in _large(model):
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = name
