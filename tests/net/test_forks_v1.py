"""Nets of forks in the old form, and the same nets today, against the numbers of the fork."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.proto.text import read_net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

FOLDER = CONFORMANCE / "forks" / "v1"
ALL = golden.index("forks/v1/index.json")


def dims(values: np.ndarray) -> str:
    return " ".join(f"dim: {n}" for n in values.shape)


@pytest.mark.parametrize("form", ["old", "equivalent"])
@pytest.mark.parametrize("name", ALL)
def test_both_forms_give_the_numbers_of_the_fork(name: str, form: str) -> None:
    case = golden.arrays(FOLDER / name)
    inputs = under(case, "in")
    text = (FOLDER / name / f"{form}.prototxt").read_text()
    if (
        form == "old" and "input_dim" not in text
    ):  # the old form of five axes has no word for its sizes
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
        if form == "old":  # its Input layer, after which splits are named, is called so
            blob = blob.replace("data_data_", "data_input_")
        found.value(blob, np.asarray(net.blobs[blob].data), want)
    found.check()


@pytest.mark.parametrize("name", [name for name, props in ALL.items() if "offsets" in props])
def test_offsets_are_found(name: str) -> None:
    message = read_net(FOLDER / name / "old.prototxt").message
    found = {x.name: list(x.crop_param.offset) for x in message.layer if x.type == "Crop"}
    assert found == {layer: [offset] for layer, offset in ALL[name]["offsets"].items()}
