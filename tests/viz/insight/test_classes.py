"""The confusion matrix, against counting one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from protonet import Net, plots
from protonet.errors import DataError, NetError

NET = """
layer { name: "in" type: "Input" top: "x" top: "label"
  input_param { shape { dim: 50 dim: 4 } shape { dim: 50 } } }
layer { name: "accuracy" type: "Accuracy" bottom: "x" bottom: "label" top: "accuracy" }
"""


def counted(labels, taken, classes):
    pairs = Counter(zip(map(int, labels), map(int, taken)))
    return [[pairs[i, j] for j in range(classes)] for i in range(classes)]


def test_of_arrays():
    rng = np.random.default_rng(0)
    labels, taken = rng.integers(0, 5, 200), rng.integers(0, 4, 200)
    found = plots.confusion_matrix(labels, taken, names=["a", "b"])
    assert found.counts.tolist() == counted(labels, taken, 5)
    assert found.names == ["a", "b", "2", "3", "4"]
    assert found.accuracy == pytest.approx(np.mean(labels == taken))
    for i in range(5):
        assert found.shares[i].sum() == pytest.approx(1)
    right = int((labels == taken).sum())
    assert found.title == f"{right} of 200 right ({right / 2:.1f} %)"


def test_of_scores_and_of_a_net():
    rng = np.random.default_rng(1)
    scores, labels = rng.normal(size=(50, 4)), rng.integers(0, 4, 50)
    want = counted(labels, [max(range(4), key=lambda k: row[k]) for row in scores], 4)
    assert plots.confusion_matrix(labels, scores).counts.tolist() == want
    net = Net(NET)
    net.blobs["x"].data[...], net.blobs["label"].data[...] = scores, labels
    assert plots.confusion_matrix(net, batches=2).counts.tolist() == [
        [2 * count for count in row] for row in want
    ]


def test_a_class_that_never_comes():
    found = plots.confusion_matrix([0, 2], [0, 2])
    assert found.shares[1].tolist() == [0, 0, 0] and found.accuracy == 1


@pytest.mark.parametrize(
    ("labels", "taken", "words"),
    [
        ([0, 1], [0], "there are 2 labels and 1 predictions"),
        ([0, -1], [0, 0], "label -1 is no class"),
        ([0, 1], [0, 0.5], "prediction 0.5 is no class"),
        ([0, 3], [[1, 0], [0, 1]], "label 3 is out of range for 2 classes"),
    ],
)
def test_what_is_no_class(labels, taken, words):
    with pytest.raises(DataError, match=words):
        plots.confusion_matrix(labels, taken)


def test_a_net_without_labels():
    with pytest.raises(NetError, match="no layer compares scores"):
        plots.confusion_matrix(Net(NET[: NET.index("layer", 9)]))
