"""Whole nets of forks: all values and gradients, against the forks' own."""

from __future__ import annotations

from typing import Any

import pytest

from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE

from .test_conformance import compare_values

FOLDER = CONFORMANCE / "forks" / "nets"
ALL: dict[str, dict[str, Any]] = golden.index("forks/nets/index.json")


CASES = [
    pytest.param(name, file.name, id=f"{name}-{file.stem}")
    for name in ALL
    for file in sorted((FOLDER / name).glob("weights*.caffemodel"))
]


@pytest.mark.parametrize("hint", [True, False], ids=["fork", "by_rule"])
@pytest.mark.parametrize(("name", "weights"), CASES)
def test_values(name: str, weights: str, hint: bool) -> None:
    """With the fork named, and with nothing but the net and its weights to tell it."""
    props, folder = ALL[name], FOLDER / name
    net = Net(
        folder / "net.prototxt",
        weights=folder / weights,
        phase=PHASE[props["phase"]],
        level=props["level"],
        stages=props["stages"],
        fork=props["fork"] if hint else "",
    )
    compare_values(net, golden.arrays(folder), props)


def test_all_nets_are_there() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/net.prototxt")} == ALL.keys()
    assert len(ALL) == 10
