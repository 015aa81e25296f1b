"""What the data layers read from databases, images and HDF5 files, against the reference's."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from protonet.errors import ProtonetError
from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

CASES: dict[str, dict[str, Any]] = golden.index("data/cases/index.json")

#: Cases that need an optional package, by pattern: its module and the extra that brings it.
NEEDS = {
    r"image_|window_|data_png|data_tool_encoded": ("cv2", "images"),
    r"data_leveldb": ("plyvel", "leveldb"),
    r"hdf5_": ("h5py", "hdf5"),
}


def lacking(case: str) -> str | None:
    """The extra that a case needs and that is not installed."""
    for pattern, (module, extra) in NEEDS.items():
        if re.match(pattern, case) and find_spec(module) is None:
            return extra
    return None


@pytest.mark.parametrize("case", CASES)
def test_batches(case: str, tmp_path: Path) -> None:
    props = CASES[case]
    with golden.working_copy(CONFORMANCE / "data", tmp_path) as folder:
        want = golden.arrays(folder / "cases" / case)
        if extra := lacking(case):
            with pytest.raises(ProtonetError, match=rf"protonet\[{extra}\]"):
                Net(f"cases/{case}/net.prototxt", phase=PHASE[props["phase"]]).forward()
            return
        # Paths in the definitions are relative to `data`, the current directory.
        net = Net(f"cases/{case}/net.prototxt", phase=PHASE[props["phase"]])
        found = Comparison(props["tolerance"])
        for blob, shape in under(want, "setup").items():
            found.equal(f"setup/{blob}", net.blobs[blob].shape, tuple(shape))
        if "memory/data" in want:
            net.layers[0].set_input_arrays(want["memory/data"], want["memory/labels"])
        for k in range(props["batches"]):
            net.run_forward()
            for blob, values in under(want, f"batch/{k}").items():
                found.value(f"batch/{k}/{blob}", net.blobs[blob].data, values)
        found.check()
