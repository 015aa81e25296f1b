"""Where the scores of a net come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet import TRAIN, Net
from protonet.errors import NetError
from protonet.finetuning.structure import look_at

NETS = Path(__file__).parents[1] / "net" / "nets"
MODELS = Path(__file__).parents[2] / "models"
DATA = """
layer { name: "data" type: "Input" top: "data" top: "label" input_param {
  shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
"""
ALONE = DATA.replace(' top: "label"', "").replace("shape { dim: 2 } }", "}")
TWO = DATA.replace("shape { dim: 2 }", "shape { dim: 2 dim: 3 dim: 8 dim: 8 }")


def layer(kind: str, bottom: str, top: str, more: str = "") -> str:
    bottoms = " ".join(f'bottom: "{name}"' for name in bottom.split())
    return f'layer {{ name: "{top}" type: "{kind}" {bottoms} top: "{top}" {more} }}\n'


def ip(bottom: str, top: str) -> str:
    return layer("InnerProduct", bottom, top, "inner_product_param { num_output: 4 }")


def found(text: str | Path, *heads: str) -> tuple[list[str], list[str]]:
    net = Net(text, phase=TRAIN, open_data=False)
    seen = look_at(net, heads)
    return [x.layer.name for x in seen.heads], [x.layer.name for x in seen.beside]


@pytest.mark.parametrize(
    ("net", "heads"),
    [
        (MODELS / "lenet_train_test.prototxt", ["ip2"]),
        (MODELS / "lenet.prototxt", ["ip2"]),
        (MODELS / "cifar10_quick.prototxt", ["ip2"]),
        (NETS / "googlenet.prototxt", ["side/classifier", "classifier"]),
        (NETS / "squeezenet.prototxt", ["conv10"]),  # a pooling stands behind it
        (NETS / "mobilenet.prototxt", ["fc7"]),
        (NETS / "resnet.prototxt", ["fc"]),
        (NETS / "vgg.prototxt", ["fc8"]),
    ],
)
def test_the_head_of_known_nets(net: Path, heads: list[str]) -> None:
    assert found(net) == (heads, [])


def test_what_stands_between_a_head_and_its_scores() -> None:
    text = DATA + ip("data", "a") + layer("ReLU", "a", "a") + ip("a", "b")
    text += layer("BatchNorm", "b", "b") + layer("Scale", "b", "s") + layer("ReLU", "s", "s")
    assert found(text + layer("SoftmaxWithLoss", "s label", "loss")) == (["b"], ["s", "b"])


def test_the_last_to_write_in_place_counts() -> None:
    """A layer behind the loss that writes into its scores has no part in them."""
    text = DATA + ip("data", "a") + layer("SoftmaxWithLoss", "a label", "loss")
    text += (
        layer("Power", "a", "c") + ip("c", "d") + layer("Silence", "d", "").replace('top: ""', "")
    )
    assert found(text) == (["a"], [])


def test_a_net_without_a_softmax() -> None:
    assert found(ALONE + ip("data", "a")) == (["a"], [])


def test_a_head_that_is_named() -> None:
    text = DATA + ip("data", "a") + ip("data", "b") + layer("Eltwise", "a b", "sum")
    text += layer("SoftmaxWithLoss", "sum label", "loss")
    with pytest.raises(NetError, match=r"the scores 'sum' come from 2 blobs.*--head LAYER"):
        found(text)
    assert found(text, "a", "b") == (["a", "b"], [])
    with pytest.raises(NetError, match="no layer with num_output is named 'c': there are a, b"):
        found(text, "c")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DATA + ip("data", "a") + layer("EuclideanLoss", "a a", "l"), "that is not of classes"),
        (DATA + ip("data", "a") + ip("data", "b"), "has 3 outputs and no Softmax"),
        (DATA.replace("dim: 3 dim: 8 dim: 8", "dim: 3"), "takes no pictures"),
        (
            DATA
            + ip("data", "a")
            + layer("Power", "label", "p")
            + layer("SoftmaxWithLoss", "a p", "loss"),
            "its labels 'p' are not the one blob",
        ),
        (DATA + layer("SoftmaxWithLoss", "data label", "loss"), "label"),
        (
            TWO + ip("data", "a") + layer("Softmax", "a", "p"),
            "the net takes 'data' and 'label'",
        ),
    ],
)
def test_nets_of_another_kind(text: str, words: str) -> None:
    with pytest.raises(Exception, match=words) as caught:
        found(text)
    assert "Error" in type(caught.value).__name__


def test_maps_of_classes() -> None:
    with pytest.raises(NetError, match="'score' are 1 x 5 x 32 x 24: a class for each place"):
        found(NETS / "fcn8s.prototxt")
