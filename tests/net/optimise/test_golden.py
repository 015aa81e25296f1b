"""Optimised nets against the references' own numbers, Caffe's and the forks'."""

from __future__ import annotations

from typing import Any

import pytest

from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

FOLDERS = ("nets", "forks/nets")
CASES = [
    pytest.param(folder, name, props, id=name)
    for folder in FOLDERS
    for name, props in golden.index(f"{folder}/index.json").items()
]


@pytest.mark.parametrize(("folder", "name", "props"), CASES)
def test_values_that_are_kept(folder: str, name: str, props: dict[str, Any]) -> None:
    path = CONFORMANCE / folder / name
    net = Net(
        path / "net.prototxt",
        weights=min(path.glob("weights*")),
        phase=PHASE[props["phase"]],
        level=props["level"],
        stages=props["stages"],
        fork=props.get("fork", ""),
        optimize=True,
    )
    case = golden.arrays(path)
    for blob, values in under(case, "in").items():
        net.blobs[blob].data[...] = values
    found = Comparison(props["tolerance"])
    found.value("total_loss", net.run_forward(), case["total_loss"])
    want = under(case, "blob")
    assert {*net.outputs} <= {blob for blob in want if net.blobs[blob].has_data}
    for blob, values in want.items():
        if net.blobs[blob].has_data:
            found.value(blob, net.blobs[blob].data, values)
    found.check()
