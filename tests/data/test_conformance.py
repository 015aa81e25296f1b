"""What the data layers read from databases, images and HDF5 files, against the reference's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from protonet.core.registry import layer_types
from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

CASES: dict[str, dict[str, Any]] = golden.index("data/cases/index.json")
TYPES = {
    "data": "Data", "hdf5": "HDF5Data", "image": "ImageData", "memory": "MemoryData",
    "window": "WindowData",
}  # fmt: skip

#: Types of the reference that are not there yet.
MISSING: set[str] = set()


def type_of(case: str) -> str:
    return TYPES[case.partition("_")[0]]


AVAILABLE = [case for case in CASES if type_of(case) not in MISSING]


def test_missing_types_are_the_listed_ones() -> None:
    assert set(TYPES.values()) - set(layer_types()) == MISSING


@pytest.mark.parametrize("case", AVAILABLE)
def test_batches(case: str, tmp_path: Path) -> None:
    props = CASES[case]
    with golden.working_copy(CONFORMANCE / "data", tmp_path) as folder:
        want = golden.arrays(folder / "cases" / case)
        # Paths in the definitions are relative to `data`, the current directory.
        net = Net(f"cases/{case}/net.prototxt", phase=PHASE[props["phase"]])
        found = Comparison(props["tolerance"])
        for blob, shape in under(want, "setup").items():
            found.equal(f"setup/{blob}", net.blobs[blob].shape, tuple(shape))
        if "memory/data" in want:
            net.layers[0].set_arrays(want["memory/data"], want["memory/labels"])
        for k in range(props["batches"]):
            net.run_forward()
            for blob, values in under(want, f"batch/{k}").items():
                found.value(f"batch/{k}/{blob}", net.blobs[blob].data, values)
        found.check()
