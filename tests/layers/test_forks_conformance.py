"""Every golden case of a fork's layer, run through the net, against that fork's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import DTypeLike

import protonet.layers  # noqa: F401  (registers all types)
from protonet.core.registry import variants
from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

from .test_conformance import run_case

FOLDER = CONFORMANCE / "forks" / "layers"
ALL: dict[str, dict[str, Any]] = golden.index("forks/layers/index.json")


#: All but the Python layers of Faster R-CNN, which have settings of their own.
CASES = {name: props for name, props in ALL.items() if props["type"] != "Python"}


@pytest.fixture
def folder(tmp_path: Path, case: str) -> Iterator[Path]:
    """A copy of the case as current directory."""
    with golden.working_copy(FOLDER / case, tmp_path) as copy:
        yield copy


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_layer(folder: Path, case: str, dtype: DTypeLike) -> None:
    props = CASES[case]
    several = any(cls.variant for cls in variants(props["type"]))
    run_case(folder, props, dtype, fork=props["fork"] if several else "", allow_python=False)


PYTHON = {name: props for name, props in ALL.items() if props["type"] == "Python"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", PYTHON)
def test_python_layer(folder: Path, case: str, dtype: DTypeLike) -> None:
    """The layers of Faster R-CNN that nets name as Python layers, without any foreign code."""
    props, arrays = PYTHON[case], golden.arrays(folder)
    net = Net(
        "net.prototxt", phase=PHASE[props["phase"]], dtype=dtype, rcnn_config=props.get("cfg")
    )
    for name, values in under(arrays, "in").items():
        net.blobs[name].reshape(*values.shape)
        net.blobs[name].data[...] = values
    net.run_forward()
    want = under(arrays, "out")
    got = {name: net.blobs[name].data for name in want}
    unordered = props.get("unordered", [])
    found = Comparison(props["tolerance"])
    for values in (got, want):
        if unordered and len(values[unordered[0]]):
            order = np.lexsort(values[unordered[0]].T[::-1])
            values.update({name: values[name][order] for name in unordered})
    for name, values in want.items():
        found.value(name, got[name], values)
    found.check()


def test_all_cases_are_there() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/net.prototxt")}
    assert folders == ALL.keys()
    assert len(ALL) == 304
