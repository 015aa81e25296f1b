"""Every golden layer case of a fork as an ONNX model: right in onnxruntime, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import protonet.layers  # noqa: F401  (registers all types)
from protonet.core.registry import variants
from protonet.errors import NetError
from protonet.export.onnx.model import exported
from protonet.net.net import Net
from tests.export.golden_onnx import run, run_case, session_of
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, under

FOLDER = CONFORMANCE / "forks" / "layers"
ALL: dict[str, dict[str, Any]] = golden.index("forks/layers/index.json")
#: Types that ONNX has no words for: they train, measure or filter on a lattice.
TYPES = {
    "BoxAnnotatorOHEM",
    "DetectionEvaluate",
    "MarginInnerProduct",
    "MultiBoxLoss",
    "MultiStageMeanfield",
    "RegionLoss",
    "Yolov3",
}
#: Settings that it has none for.
SETTINGS = {
    "det_eta": "a threshold that falls from box to box has no operator",
    "labeladd_anneal": "it changes scores in phase TRAIN only",
    "labeladd_basic": "it changes scores in phase TRAIN only",
    "labeladd_positive": "it changes scores in phase TRAIN only",
    "segacc_keep": "its counts go on over all passes",
}
PYTHON = ("py_anchor_target", "py_proposal_target")
#: Scores that are equal are in an order that only the fork's quicksort knows.
TIED = "proposal_small"


def is_refused(case: str) -> bool:
    return ALL[case]["type"] in TYPES or case in SETTINGS or case.startswith(PYTHON)


RIGHT = [case for case in ALL if not is_refused(case) and case != TIED]


def options(case: str) -> dict[str, Any]:
    props = ALL[case]
    several = any(cls.variant for cls in variants(props["type"]))
    return {"fork": props["fork"] if several else "", "rcnn_config": props.get("cfg")}


@pytest.fixture
def folder(tmp_path: Path, case: str) -> Iterator[Path]:
    """A copy of the case as current directory."""
    with golden.working_copy(FOLDER / case, tmp_path) as copy:
        yield copy


@pytest.mark.parametrize("case", RIGHT)
def test_layer(folder: Path, case: str) -> None:
    run_case(ALL[case], golden.arrays(folder), **options(case))


@pytest.mark.parametrize("case", [case for case in ALL if is_refused(case)])
def test_refused(folder: Path, case: str) -> None:
    what = SETTINGS.get(case, "it runs Python code" if case.startswith("py") else "no operators")
    with pytest.raises(NetError, match=rf"net\.prototxt:\d+: layer '\w+' \(\w+\): .*{what}"):
        run_case(ALL[case], golden.arrays(folder), **options(case))


@pytest.mark.parametrize("case", [TIED])
def test_proposals_of_equal_scores(folder: Path, case: str) -> None:
    """Boxes that are too small all have the score 0; those before them are right."""
    arrays = golden.arrays(folder)
    made = exported(Net("net.prototxt"))
    got, want = run(session_of(made), under(arrays, "in")), under(arrays, "out")
    good = want["scores"] > 0
    np.testing.assert_allclose(got["scores"][good], want["scores"][good], rtol=1e-5)
    np.testing.assert_allclose(got["rois"][good], want["rois"][good], rtol=1e-4, atol=1e-4)
    assert 0 < np.count_nonzero(good) < len(good)


def test_few_are_refused() -> None:
    assert len(RIGHT) == 238
    assert len(ALL) == 304
