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
from tests.harness import golden
from tests.harness.golden import CONFORMANCE

from .test_conformance import run_case

FOLDER = CONFORMANCE / "forks" / "layers"
ALL: dict[str, dict[str, Any]] = golden.index("forks/layers/index.json")


def served(name: str, props: dict[str, Any]) -> bool:
    """Is there a class of the fork, or one of Caffe 1.0 that reads fields of forks in it?"""
    text = (FOLDER / name / "net.prototxt").read_text()
    return any(
        props["fork"] in cls.forks or any(path.rpartition(".")[2] in text for path in cls.serves)
        for cls in variants(props["type"])
    )


CASES = {name: props for name, props in ALL.items() if served(name, props)}


@pytest.fixture
def folder(tmp_path: Path, case: str) -> Iterator[Path]:
    """A copy of the case as current directory."""
    with golden.working_copy(FOLDER / case, tmp_path) as copy:
        yield copy


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", [n for n, props in CASES.items() if props["type"] != "Python"])
def test_layer(folder: Path, case: str, dtype: DTypeLike) -> None:
    props = CASES[case]
    several = any(cls.variant for cls in variants(props["type"]))
    run_case(folder, props, dtype, fork=props["fork"] if several else "", allow_python=False)
