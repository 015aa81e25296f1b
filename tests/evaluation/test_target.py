"""Which blobs are scores and labels."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError
from protonet.evaluation import find_target

DATA = """
layer { name: "in" type: "Input" top: "a" top: "b" top: "label" input_param {
  shape { dim: 2 dim: 3 dim: 2 dim: 1 } shape { dim: 2 dim: 3 dim: 2 dim: 1 }
  shape { dim: 2 dim: 1 dim: 2 dim: 1 } } }
"""


def loss(scores: str, kind: str = "SoftmaxWithLoss", more: str = "") -> str:
    return (
        f'layer {{ name: "{kind} {scores}" type: "{kind}" bottom: "{scores}" bottom: "label" '
        f'top: "{kind} {scores}" {more} }}\n'
    )


def test_accuracy_comes_first_and_of_losses_the_last() -> None:
    net = Net(DATA + loss("a") + loss("b"))
    assert find_target(net).name == "b"
    assert find_target(net, "a").name == "a"
    net = Net(DATA + loss("a", "Accuracy") + loss("b"))
    found = find_target(net)
    assert (found.name, found.type) == ("a", "Accuracy")


def test_places_and_items_of_a_map() -> None:
    net = Net(DATA + loss("a", more="loss_param { ignore_label: 255 }"))
    scores = np.arange(12).reshape(2, 3, 2, 1)
    net.blobs["a"].data[...] = scores
    net.blobs["label"].data[...] = np.array([0, 255, 2, 1]).reshape(2, 1, 2, 1)
    got = find_target(net).batch(net)
    # The place that is ignored, the second of the first item, is left out.
    assert got.labels.tolist() == [0, 2, 1] and got.items.tolist() == [0, 1, 1]
    assert got.scores.tolist() == [[0, 2, 4], [6, 8, 10], [7, 9, 11]]


def test_the_axis_of_the_classes() -> None:
    text = DATA.replace("dim: 3 dim: 2 dim: 1 }", "dim: 1 dim: 2 dim: 3 }")
    net = Net(text + loss("a", more="softmax_param { axis: -1 }"))
    assert find_target(net).batch(net).scores.shape == (4, 3)


def test_several_classes() -> None:
    text = DATA.replace("shape { dim: 2 dim: 1 dim: 2 dim: 1 }", "shape { dim: 2 dim: 6 }")
    net = Net(text + loss("a", "SigmoidCrossEntropyLoss"))
    found = find_target(net)
    assert found.several and found.batch(net).labels.shape == (2, 6)


def test_nothing_to_measure() -> None:
    with pytest.raises(NetError, match="no layer compares scores of classes"):
        find_target(Net(DATA))
    with pytest.raises(NetError, match=r"no layer compares 'c' with labels: compared .* are b, a"):
        find_target(Net(DATA + loss("a") + loss("b")), "c")
