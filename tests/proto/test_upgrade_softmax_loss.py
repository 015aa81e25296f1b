"""DeepLab's softmaxloss_param becomes loss_param, as far as that can say the same."""

from __future__ import annotations

import pytest

from protonet.errors import PrototxtError
from protonet.proto.text import read_net

NET = """layers {{ name: "loss" type: SOFTMAX_LOSS bottom: "x" bottom: "y"
  softmaxloss_param {{ {fields} }} }}"""


@pytest.mark.parametrize(("fields", "ignored"), [("", None), ("ignore_label: 255", 255)])
def test_what_is_ignored(tmp_path, fields: str, ignored: int | None) -> None:
    (tmp_path / "net.prototxt").write_text(NET.format(fields=fields))
    param = read_net(tmp_path / "net.prototxt").message.layer[0].loss_param
    assert (param.ignore_label if param.HasField("ignore_label") else None) == ignored


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ("ignore_label: 0 ignore_label: 255", "2 labels to ignore"),
        ('weight_source: "weights.txt"', "weights of the classes from a file are not served"),
    ],
)
def test_what_cannot_be_said(tmp_path, fields: str, what: str) -> None:
    (tmp_path / "net.prototxt").write_text(NET.format(fields=fields))
    with pytest.raises(PrototxtError, match=what) as error:
        read_net(tmp_path / "net.prototxt")
    assert error.value.layer == "loss"
