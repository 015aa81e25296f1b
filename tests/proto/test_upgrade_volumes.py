"""Nets of forks in the form of the V1 age against the same nets in today's form."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import read_net

NETS = ["c3d_v1", "deconvnet_v1"]


def without_fillers(message: pb.NetParameter) -> list[pb.LayerParameter]:
    """The layers, as the modern nets were written: no fillers, multipliers or defaults."""
    layers = [layer for layer in message.layer if layer.type != "Input"]
    for layer in layers:
        del layer.param[:]
        for name in ("convolution_param", "convolution3d_param"):
            if layer.HasField(name):
                getattr(layer, name).ClearField("weight_filler")
                getattr(layer, name).ClearField("bias_filler")
    return layers


@pytest.mark.parametrize("name", NETS)
def test_old_nets_of_forks_become_todays(conformance: Path, name: str) -> None:
    folder = conformance / "forks/v1" / name
    old, new = (read_net(folder / f"{kind}.prototxt").message for kind in ("old", "equivalent"))
    assert without_fillers(old) == without_fillers(new)


def test_lines_move_along() -> None:
    text = """layers { name: "p" type: POOLING3D bottom: "x" top: "y"
        pooling_param {
            kernel_size: 2
            kernel_depth: 3 } }"""
    definition = read_net(text)
    assert definition.message.layer[0].pooling3d_param.kernel_depth == 3
    assert definition.places[0].line_of("pooling3d_param.kernel_depth") == 4


def test_every_old_type_of_a_fork_has_a_name() -> None:
    for word, _ in pb.V1LayerParameter.LayerType.items():
        layer = read_net(f"layers {{ type: {word} }}").message.layer[0]
        assert layer.type or word == "NONE"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("kernel_size: 3 kernel_size: 2", "convolution_param.kernel_size is a list: give it once"),
        ("dilation: 2", "convolution_param.dilation is not for a layer of three axes"),
    ],
)
def test_what_three_axes_do_not_have(settings: str, words: str) -> None:
    text = f"layers {{ name: 'c' type: CONVOLUTION3D convolution_param {{\n{settings} }} }}"
    with pytest.raises(PrototxtError) as caught:
        read_net(text)
    assert str(caught.value).startswith("<text>:2: layer 'c' (Convolution3D): ")
    assert words in str(caught.value)
