"""Whole nets of forks: all values and gradients, against the forks' own."""

from __future__ import annotations

from typing import Any

import pytest

import protonet.layers  # noqa: F401  (registers all types)
from protonet.core.registry import variants
from protonet.net.net import Net
from protonet.proto.text import read_net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE

from .test_conformance import compare_values

FOLDER = CONFORMANCE / "forks" / "nets"
ALL: dict[str, dict[str, Any]] = golden.index("forks/nets/index.json")


def served(name: str, fork: str) -> bool:
    """Is there a class for each of its layers: of the fork, where the type means several?"""
    classes = [variants(x.type) for x in read_net(FOLDER / name / "net.prototxt").message.layer]
    return all(any(not c.variant or fork in c.forks for c in found) for found in classes)


CASES = [
    pytest.param(name, file.name, id=f"{name}-{file.stem}")
    for name, props in ALL.items()
    if served(name, props["fork"])
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
