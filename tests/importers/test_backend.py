"""The models that the package onnx tests engines with: small ones of one operator, nets of
PyTorch's first exporter, and light versions of well-known nets.  None may come out wrong."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnx.backend.test
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

from protonet.errors import ProtonetError
from protonet.importers import convert_onnx
from protonet.importers import onnx as import_onnx
from protonet.importers.onnx import rules as _rules  # noqa: F401  (fills the table)
from protonet.importers.onnx.registry import RULES

DATA = Path(onnx.backend.test.__file__).parent / "data"
Case = tuple[str, onnx.ModelProto, list[NDArray], list[NDArray]]

#: Where onnxruntime's numbers, which a proof goes by, are not those of the specification: of
#: scales it takes the ratio of the rounded sizes, and it has no bfloat16 of its own.
OTHERS = {
    "test_resize_downsample_scales_linear_align_corners",
    "test_resize_downsample_scales_cubic_align_corners",
    "test_celu_bfloat16",
}


def nodes() -> Iterator[Case]:
    """Models of one node that there is a rule for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its own
        cases = collect_testcases(None)
    for case in cases:
        kinds = [node.op_type for node in case.model.graph.node]
        if len(kinds) == 1 and kinds[0] in RULES and case.data_sets:
            inputs, outputs = case.data_sets[0]
            yield case.name, case.model, list(inputs), list(outputs)


def stored() -> Iterator[Case]:
    """Models that lie in folders, with inputs and outputs beside them."""
    for folder in sorted(DATA.glob("pytorch-*/*")):
        model = onnx.load(str(folder / "model.onnx"))
        yield folder.name, model, arrays(folder, "input"), arrays(folder, "output")


def arrays(folder: Path, kind: str) -> list[NDArray]:
    files = folder.glob(f"test_data_set_0/{kind}_*.pb")
    return [read(file) for file in sorted(files, key=lambda f: int(f.stem.split("_")[1]))]


def read(file: Path) -> NDArray:
    tensor = onnx.TensorProto()
    tensor.ParseFromString(file.read_bytes())
    return numpy_helper.to_array(tensor)


def is_float(values: object) -> bool:
    return isinstance(values, np.ndarray) and values.dtype == np.float32


def trials(model: onnx.ModelProto, given: dict[str, NDArray]) -> Iterator[onnx.ModelProto]:
    """The model as it is, and with all inputs but the first as constants: weights."""
    yield model
    constant = onnx.ModelProto()
    constant.CopyFrom(model)
    for name, values in list(given.items())[1:]:
        constant.graph.initializer.append(numpy_helper.from_array(values, name))
    if constant.ir_version < 4:
        yield constant
        return
    known = {tensor.name for tensor in constant.graph.initializer}
    kept = [value for value in constant.graph.input if value.name not in known]
    del constant.graph.input[:]
    constant.graph.input.extend(kept)
    yield constant


def judge(case: Case) -> str:
    """right, refused or wrong"""
    _, model, inputs, outputs = case
    known = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in known]
    given = dict(zip(names, inputs))
    for trial in trials(model, given):
        try:
            made = import_onnx(trial)
        except ProtonetError:
            continue
        net = made.net()
        net.forward(None, None, **{name: given[name].astype(np.float32) for name in net.inputs})
        for value, want in zip(model.graph.output, outputs):
            got = net.blobs[made.blobs[value.name]].data
            if got.shape != want.shape or not np.allclose(got, want, 1e-3, 1e-4, equal_nan=True):
                return "wrong"
        return "right"
    return "refused"


@pytest.mark.parametrize(("cases", "least"), [(nodes, 330), (stored, 75)])
def test_none_is_wrong(cases, least: int) -> None:  # type: ignore[no-untyped-def]
    found: dict[str, list[str]] = {"right": [], "refused": [], "wrong": []}
    for case in cases():
        name, _, inputs, outputs = case
        if inputs and is_float(inputs[0]) and all(map(is_float, outputs)):
            found[judge(case)].append(name)
    assert set(found["wrong"]) <= OTHERS
    assert len(found["right"]) >= least, found["refused"]


@pytest.mark.parametrize("name", ["squeezenet", "shufflenet"])
def test_light_net(name: str, tmp_path: Path) -> None:
    path = DATA / "light" / f"light_{name}.onnx"
    proof = convert_onnx(path, tmp_path / "n.prototxt", tmp_path / "n.caffemodel", only="caffe-1.0")
    assert proof is not None
    assert len(proof.differences) > 60
