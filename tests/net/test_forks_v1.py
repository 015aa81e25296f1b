"""Nets of forks in the old form, and the same nets today, against the numbers of the fork."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

FOLDER = CONFORMANCE / "forks" / "v1"
ALL = golden.index("forks/v1/index.json")


def dims(values: np.ndarray) -> str:
    return " ".join(f"dim: {n}" for n in values.shape)


@pytest.mark.parametrize("form", ["old", "equivalent"])
@pytest.mark.parametrize("name", ["c3d_v1"])
def test_both_forms_give_the_numbers_of_the_fork(name: str, form: str) -> None:
    case = golden.arrays(FOLDER / name)
    inputs = under(case, "in")
    text = (FOLDER / name / f"{form}.prototxt").read_text()
    if form == "old":  # the old form of five axes has no word for its sizes
        text += "".join(f"input_shape {{ {dims(values)} }}" for values in inputs.values())
    net = Net(text, phase=PHASE[ALL[name]["phase"]])
    for blob, values in inputs.items():
        net.blobs[blob].data[...] = values
    for key, values in under(case, "param").items():
        layer, i = golden.param_key(key)
        net.params[layer][i].data[...] = values
    net.run_forward()
    found = Comparison(ALL[name]["tolerance"])
    for blob, want in under(case, "blob").items():
        found.value(blob, np.asarray(net.blobs[blob].data), want)
    found.check()
