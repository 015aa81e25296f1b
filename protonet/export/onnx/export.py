"""A net as an ONNX file: made, proved, and only then given its name."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from numpy.typing import NDArray

from ...core.context import TEST
from ...errors import NetError
from ...files import atomic_path
from ...net.net import Net
from ...prediction.guess import find_transform
from ...prediction.transform import find_in
from ...version import __version__
from .forms import halved, simplified
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
    simplify: bool = False,
    fp16: bool = False,
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
    simplify: let onnxruntime fold constants and take out what does nothing; blobs that vanish
    have no tensor then.  fp16: compute in half precision, with float32 inputs and outputs; the
    proof tells how far that is off (`proof.half`).
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
    large = made.model.ByteSize() >= external
    if large and (simplify or fp16):
        raise NetError("weights in a file of their own cannot be changed", "leave out " + _OTHER)
    with ExitStack() as files:
        data = files.enter_context(atomic_path(f"{target}.data")) if large else None
        if data is not None:
            _move_out(made.model, data)
        file = files.enter_context(atomic_path(target))
        _unproved(made, file)
        proof = _proved(made, file, target, inputs) if verify else None
        if simplify:
            made.model = _simplified(made, file, target, proof, inputs)
        if fp16:
            made.model = _halved(made, file, proof, inputs)
        if data is not None:
            _say_where(made.model, os.path.basename(f"{target}.data"))
        file.write_bytes(made.model.SerializeToString())
    return proof


_OTHER = "--simplify and --fp16"


def _unproved(made: Exported, file: Path) -> None:
    """Write the model as it is, and check it."""
    file.write_bytes(made.model.SerializeToString())
    check(file)
    note(made.model, "verified", "no")


def _proved(made: Exported, file: Path, target: str, inputs: Mapping[str, NDArray] | None) -> Proof:
    """Prove what `file` holds; the model says so."""
    proof = prove(made, file, inputs)
    _judge(proof, target, lambda: prove(made, file, inputs, alone=True))
    note(made.model, "verified", f"yes: {proof}")
    return proof


def _simplified(
    made: Exported,
    file: Path,
    target: str,
    proof: Proof | None,
    inputs: Mapping[str, NDArray] | None,
) -> Any:
    """The simplified model, which must agree as well in what is left of it."""
    file.write_bytes(made.model.SerializeToString())
    model = simplified(file)
    _keep_notes(made.model, model)
    file.write_bytes(model.SerializeToString())
    check(file)
    if proof is not None:
        again = prove(made, file, inputs, changed=True)
        _judge(again, target, lambda: again)
        note(model, "simplified", str(again))
    return model


def _halved(
    made: Exported, file: Path, proof: Proof | None, inputs: Mapping[str, NDArray] | None
) -> Any:
    """The model in half precision; how far it is off is noted, and must be a number."""
    model = halved(made.model)
    _keep_notes(made.model, model)
    file.write_bytes(model.SerializeToString())
    check(file)
    if proof is None:
        note(model, "fp16", "not verified")
        return model
    proof.half = prove(made, file, inputs, changed=True)
    beyond = [found.tensor for found in proof.half.faults(sys.float_info.max)]
    if beyond:
        raise NetError(
            f"'{beyond[0]}' is beyond what float16 holds, 65504", "leave out --fp16", file=str(file)
        )
    note(model, "fp16", str(proof.half))
    return model


def _keep_notes(old: Any, new: Any) -> None:
    for entry in old.metadata_props:
        note(new, entry.key, entry.value)
    new.producer_name, new.producer_version = old.producer_name, old.producer_version


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
    if preprocessing := _preprocessing(definition.file):
        note(made.model, "preprocessing", preprocessing)


def _preprocessing(file: str | None) -> str:
    """What is done to pictures before the net, as the fields of a transform_param in one line; ""
    if neither the net nor a file beside it tells."""
    if file is None or not os.path.isfile(file):
        return ""
    found = find_in(Path(file)) or find_transform(Path(file), None)
    return text_format.MessageToString(found.param, as_one_line=True)


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
