"""Every golden layer case, run through the net, against the reference's numbers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import DTypeLike

from protonet.core.registry import layer_types
from protonet.layers.python import PythonLayer
from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

CASES: dict[str, dict[str, Any]] = golden.index("layers/index.json")


def test_all_types_of_the_reference_are_there() -> None:
    assert {props["type"] for props in CASES.values()} <= set(layer_types())


def test_all_cases_are_there() -> None:
    folders = {path.parent.name for path in (CONFORMANCE / "layers").glob("*/net.prototxt")}
    assert folders == CASES.keys()
    assert len(CASES) == 256


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


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_layer(folder: Path, case: str, dtype: DTypeLike) -> None:
    run_case(folder, CASES[case], dtype)


def run_case(folder: Path, props: dict[str, Any], dtype: DTypeLike, **options: Any) -> None:
    case = golden.arrays(folder)
    options = {"phase": PHASE[props["phase"]], "dtype": dtype, "allow_python": True} | options
    net = Net("net.prototxt", **options)
    for name, want in under(case, "param").items():
        layer, i = golden.param_key(name)
        net.params[layer][i].data[...] = want
    net.clear_param_diffs()
    found = Comparison(props["tolerance"])
    for step in range(1, props["forwards"] + 1):
        forward(net, case, "" if step == 1 else f"@{step}", found)
    if props["backward"]:
        backward(net, case, props["seeded"], found)
    for name, want in under(case, "param_after").items():
        layer, i = golden.param_key(name)
        found.value(f"param_after/{name}", net.params[layer][i].data, want)
    for name, want in under(case, "file").items():
        found.value(f"file/{name}", read_hdf5(name), want)
    found.check()


def forward(net: Net, case: dict[str, Any], tag: str, found: Comparison) -> None:
    for name, values in under(case, "in" + tag).items():
        net.blobs[name].reshape(*values.shape)
        net.blobs[name].data[...] = values
    loss = net.run_forward()
    for name, want in under(case, "out" + tag).items():
        found.value(f"out{tag}/{name}", net.blobs[name].data, want)
    if "total_loss" + tag in case:
        found.value("total_loss" + tag, loss, case["total_loss" + tag])


def backward(net: Net, case: dict[str, Any], seeded: list[str], found: Comparison) -> None:
    for name, values in under(case, "outdiff").items():
        if name in seeded:
            found.value(f"outdiff/{name}", net.blobs[name].diff, values)
        else:
            net.blobs[name].diff[...] = values
    net.backward()
    for name, want in under(case, "indiff").items():
        found.value(f"indiff/{name}", net.blobs[name].diff, want)
    for name, want in under(case, "paramdiff").items():
        layer, i = golden.param_key(name)
        found.value(f"paramdiff/{name}", net.params[layer][i].diff, want)


def read_hdf5(name: str) -> Any:
    import h5py

    file, _, dataset = name.partition("/")
    with h5py.File(file, "r") as opened:
        return opened[dataset][()]
