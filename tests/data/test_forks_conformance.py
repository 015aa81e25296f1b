"""What the forks' data layers read from databases and lists, against the forks' own numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

CASES: dict[str, dict[str, Any]] = golden.index("forks/data/cases/index.json")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches(case: str, dtype: Any, tmp_path: Path) -> None:
    props = CASES[case]
    phase = PHASE[props["phase"]]
    with golden.working_copy(CONFORMANCE / "forks" / "data", tmp_path) as folder:
        want = golden.arrays(folder / "cases" / case)
        path = f"cases/{case}/net.prototxt"
        net = Net(path, phase=phase, dtype=dtype)
        found = Comparison(props["tolerance"])
        for blob, shape in under(want, "setup").items():
            found.equal(f"setup/{blob}", net.blobs[blob].shape, tuple(shape))
        for k in range(props["batches"]):
            net.run_forward()
            for blob, values in under(want, f"batch/{k}").items():
                found.value(f"batch/{k}/{blob}", net.blobs[blob].data, values)
        found.check()
