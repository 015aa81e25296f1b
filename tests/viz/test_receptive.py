"""Receptive fields and strides, against figures that are known."""

from __future__ import annotations

from math import inf

import pytest

from protonet.net.net import Net
from protonet.net.types import read_definition
from protonet.viz.receptive import receptive_fields

from .nets import INPUT, conv, layer


def fields(source: str) -> dict[str, tuple | None]:
    """Of each layer: (size, stride) of its first axis."""
    net = Net(read_definition(source, partial=True), open_data=False, partial=True)
    found = zip(net.layer_names, receptive_fields(net))
    return {name: (f.size[0], f.stride[0]) if f else None for name, f in found}


def stack(windows: list[str]) -> dict[str, tuple | None]:
    """Of convolutions and poolings in a row, each as "c3", "p3s2": kernel and stride."""
    text, last = INPUT.replace("dim: 32", "dim: 512"), "data"
    for i, window in enumerate(windows):
        kernel, _, stride = window[1:].partition("s")
        sizes = f"kernel_size: {kernel} stride: {stride or 1}"
        if window[0] == "c":
            more = f"convolution_param {{ num_output: 8 {sizes} }}"
            text += layer(f"{i}", "Convolution", last, more=more)
        else:
            text += layer(f"{i}", "Pooling", last, more=f"pooling_param {{ {sizes} }}")
        last = f"{i}"
    return fields(text)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        # Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks"
        # (2019), table 1: AlexNet and VGG-16, at their last pooling.
        ("c11s4 p3s2 c5 p3s2 c3 c3 c3 p3s2", (195, 32)),
        ("c3 c3 p2s2 c3 c3 p2s2 c3 c3 c3 p2s2 c3 c3 c3 p2s2 c3 c3 c3 p2s2", (212, 32)),
    ],
)
def test_of_well_known_nets(windows, expected):
    found = stack(windows.split())
    assert [*found.values()][-1] == expected


def test_dilation_and_what_stays_in_place():
    text = INPUT + layer(
        "wide",
        "Convolution",
        "data",
        more="convolution_param { num_output: 8 kernel_size: 3 dilation: 4 pad: 4 }",
    )
    found = fields(text + layer("relu", "ReLU", "wide", "wide") + conv("next", "wide"))
    assert found["data"] == (1, 1)
    assert found["wide"] == found["relu"] == (9, 1)
    assert found["next"] == (11, 1)


def test_the_larger_of_two_ways():
    text = INPUT + conv("a", "data") + conv("b", "a") + layer("sum", "Eltwise", "data b")
    assert fields(text)["sum"] == (5, 1)


def test_up_again():
    text = INPUT + layer(
        "down", "Pooling", "data", more="pooling_param { kernel_size: 2 stride: 2 }"
    )
    more = "convolution_param { num_output: 8 kernel_size: 4 stride: 2 pad: 1 }"
    found = fields(text + layer("up", "Deconvolution", "down", more=more))
    # A value of it has two values of `down`, of which each has two pixels.
    assert found["down"] == (2, 2) and found["up"] == (4, 1)


def test_all_of_it_and_unknown():
    more = "inner_product_param { num_output: 2 }"
    text = INPUT + conv("a", "data") + layer("ip", "InnerProduct", "a", more=more)
    found = fields(text + layer("x", "NobodyHasThis", "a") + layer("y", "TanH", "x"))
    assert found["ip"] == (inf, 1)
    assert found["x"] is found["y"] is None
