"""Every golden layer case of Caffe 1.0 as an ONNX model: right in onnxruntime, or refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from protonet.errors import NetError
from protonet.layers.python import PythonLayer
from tests.export.golden_onnx import run_case
from tests.harness import golden
from tests.harness.golden import CONFORMANCE

CASES: dict[str, dict[str, Any]] = golden.index("layers/index.json")
#: What ONNX has no words for: files that are written, code of one's own, nets that do nothing.
REFUSED = {
    "HDF5Output": "layer 'hdf5output' (HDF5Output): ONNX has no operators for this type",
    "Python": "layer 'python' (Python): it runs Python code",
    "Silence": "the net computes nothing",
}


@pytest.fixture
def folder(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the case as current directory, whose Python layers find what they import."""
    with golden.working_copy(CONFORMANCE / "layers" / case, tmp_path) as copy:
        caffe = ModuleType("caffe")
        caffe.Layer = PythonLayer
        monkeypatch.setitem(sys.modules, "caffe", caffe)
        monkeypatch.delitem(sys.modules, "kit_layers", raising=False)
        monkeypatch.syspath_prepend(copy)
        yield copy


@pytest.mark.parametrize("case", [case for case, p in CASES.items() if p["type"] not in REFUSED])
def test_layer(folder: Path, case: str) -> None:
    run_case(CASES[case], golden.arrays(folder), allow_python=True)


@pytest.mark.parametrize("case", [case for case, p in CASES.items() if p["type"] in REFUSED])
def test_refused(folder: Path, case: str) -> None:
    with pytest.raises(NetError) as caught:
        run_case(CASES[case], golden.arrays(folder), allow_python=True)
    assert REFUSED[CASES[case]["type"]] in str(caught.value)


def test_few_are_refused() -> None:
    assert sum(props["type"] in REFUSED for props in CASES.values()) == 6
