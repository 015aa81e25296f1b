"""A net as an ONNX file: made, proved, and only then given its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...errors import NetError
from ...files import atomic_path
from ...net.net import Net
from .external import EXTERNAL, fill, move_out, say_where
from .forms import drop_domains, halved, simplified
from .int8 import quantise
from .model import USUAL, Exported, exported
from .notes import describe, keep_notes, note
from .packages import onnx_package
from .proof import ALLOWED, Proof, prove
from .runtime import said

Shapes = Mapping[str, Sequence[int | str]]
Arrays = Mapping[str, NDArray]

#: Under which name items to calibrate with carry their classes.
LABEL = "label"


def onnx(
    net: Net,
    path: str | os.PathLike,
    *,
    opset: int = USUAL,
    batch: int | str | None = None,
    shapes: Shapes | None = None,
    simplify: bool = False,
    fp16: bool = False,
    int8: Arrays | None = None,
    verify: bool = True,
    inputs: Arrays | None = None,
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
    proof tells how far that is off (`proof.half`).  int8: arrays of items by the names of inputs,
    to find the ranges by in which products are computed in 8 bits, and maybe their classes as
    "label"; the proof tells what that costs (`proof.int8`).
    verify: hold the model against the plain executor in onnxruntime, on several inputs, at a
    second batch and at other sizes where they vary.  Without it the model says that it was not.
    inputs: arrays for that by the names of inputs; random ones are made for the others.
    external: bytes of weights from which on they lie beside, in "NAME.onnx.data";
    such weights cannot be simplified, halved or quantised.

    NetError for all layers that ONNX has no words for, each with its line, and for a model that
    differs by more than 1e-4 of a blob's largest value: then no file is written.
    """
    if fp16 and int8 is not None:
        raise NetError("float16 and 8 bits are both asked for", "choose one of --fp16 and --int8")
    made = exported(net, opset=opset, batch=batch, shapes=shapes)
    describe(made, net)
    target = os.fspath(path)
    large = sum(array.nbytes for array in made.arrays.values()) >= external
    if large and (simplify or fp16 or int8 is not None):
        raise NetError("weights in a file of their own cannot be changed", _OTHERS, file=target)
    with ExitStack() as files:
        data = files.enter_context(atomic_path(f"{target}.data")) if large else None
        if data is None:
            fill(made.model, made.arrays)
        else:
            move_out(made.model, made.arrays, data)
        stages = _Stages(made, files.enter_context(atomic_path(target)), target, inputs)
        stages.plain(verify)
        if simplify:
            stages.simplify()
        if fp16:
            stages.halve()
        if int8 is not None:
            stages.quantise(int8)
        if data is not None:
            say_where(made.model, os.path.basename(f"{target}.data"))
        stages.write()
    return stages.proof


_OTHERS = "leave out --simplify, --fp16 and --int8"


class _Stages:
    """A model on its way to its final form, each written to `file` and held against the net."""

    def __init__(self, made: Exported, file: Path, target: str, inputs: Arrays | None) -> None:
        self.made, self.file, self.target, self.inputs = made, file, target, inputs
        self.proof: Proof | None = None

    def write(self) -> None:
        self.file.write_bytes(self.made.model.SerializeToString())

    def plain(self, verify: bool) -> None:
        """As the converters have made it."""
        self.write()
        check(self.file)
        if verify:
            self.proof = prove(self.made, self.file, self.inputs)
            if not self.proof.differences:
                raise NetError("there is nothing that a proof could compare", "leave it out")
            self._judge(self.proof)
        told = "no" if self.proof is None else f"yes: {self.proof}"
        note(self.made.model, "verified", told)

    def _judge(self, proof: Proof, changed: bool = False) -> None:
        """NetError for a model that differs; it tells whether a layer is at fault."""
        if not proof.faults():
            return
        alone = proof if changed else prove(self.made, self.file, self.inputs, alone=True)
        what, why = f"the model differs from the net by more than {ALLOWED:g}", ""
        if wrong := alone.faults():
            what += " in " + ", ".join(f"'{found.layer}' ({found.type})" for found in wrong[:5])
        else:
            what += ", but no layer by itself"
            why = "the net makes much of rounding, as with weights that are not trained; "
        raise NetError(what, f"{why}no file was written:\n{proof.table()}", file=self.target)

    def _replace(self, model: Any) -> None:
        keep_notes(self.made.model, model)
        self.made.model = model
        self.write()
        check(self.file)

    def simplify(self) -> None:
        """With fewer nodes; what is left must agree as well."""
        self.write()
        self._replace(simplified(self.file))
        if self.proof is not None:
            again = prove(self.made, self.file, self.inputs, changed=True)
            self._judge(again, changed=True)
            note(self.made.model, "simplified", str(again))

    def halve(self) -> None:
        """In half precision; how far it is off is noted, and must be a number."""
        self._replace(halved(self.made.model))
        if self.proof is None:
            note(self.made.model, "fp16", "not verified")
            return
        self.proof.half = prove(self.made, self.file, self.inputs, changed=True)
        beyond = [found.tensor for found in self.proof.half.faults(sys.float_info.max)]
        if beyond:
            what = f"'{beyond[0]}' is beyond what float16 holds, 65504"
            raise NetError(what, "leave out --fp16", file=self.target)
        note(self.made.model, "fp16", str(self.proof.half))

    def quantise(self, items: Arrays) -> None:
        """With products in 8 bits; what that costs is noted."""
        self.write()
        done = quantise(self.file, self.file, items, items.get(LABEL))
        model = onnx_package().load(str(self.file))
        drop_domains(model)
        self._replace(model)
        if self.proof is not None:
            self.proof.int8 = done
        note(self.made.model, "int8", str(done))


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
    fill(made.model, made.arrays)
    if sum(array.nbytes for array in made.arrays.values()) < EXTERNAL:
        check(made.model)
    return made.model


def check(model: Any) -> None:
    """NetError if onnx.checker or its inference of shapes finds fault with a model or a file."""
    checker = onnx_package().checker
    try:
        checker.check_model(os.fspath(model) if isinstance(model, Path) else model, full_check=True)
    except Exception as error:
        raise NetError(f"the model does not pass onnx.checker: {said(error)}") from error
