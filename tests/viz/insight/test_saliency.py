"""Saliency, against differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net, plots
from protonet.errors import NetError, ShapeError
from protonet.viz.insight.saliency import _starts

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 2 dim: 6 dim: 7 } } }
layer { name: "c" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "gaussian" std: 0.5 } } }
layer { name: "t" type: "TanH" bottom: "c" top: "c" }
layer { name: "ip" type: "InnerProduct" bottom: "c" top: "ip"
  inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 0.5 } } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""
LINEAR = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 5 dim: 6 } } }
layer { name: "y" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 2 bias_term: false weight_filler { type: "gaussian" } } }
"""


@pytest.fixture
def net():
    return Net(NET, seed=2, dtype=np.float64)


@pytest.fixture
def image():
    return np.random.default_rng(5).normal(size=(2, 6, 7))


@pytest.mark.parametrize("index", [None, 0, 2])
def test_gradient_as_differences(net, image, index):
    """Of the score below the Softmax, by each pixel."""
    found = plots.saliency(net, image, index=index)
    scores = net.predict(image[np.newaxis], output="ip")[0]
    assert found.blob == "ip" and found.index == (scores.argmax() if index is None else index)
    assert found.score == pytest.approx(scores[found.index])
    want = np.zeros_like(image)
    for place in np.ndindex(image.shape):
        both = []
        for change in (1e-5, -1e-5):
            moved = image.copy()
            moved[place] += change
            both.append(net.predict(moved[np.newaxis], output="ip")[0][found.index])
        want[place] = (both[0] - both[1]) / 2e-5
    assert found.values == pytest.approx(abs(want).max(axis=0), rel=1e-6, abs=1e-9)


def test_of_a_blob_that_is_named(net, image):
    assert plots.saliency(net, image, blob="prob").blob == "prob"
    assert plots.saliency(net, image, method="occlusion").blob == "prob"


def test_the_net_stays_as_it_was(net, image):
    before = {name: blob.data.copy() for name, blob in net.blobs.items()}
    plots.saliency(net, image)
    shapes = {name: values.shape for name, values in before.items()}
    assert {name: blob.shape for name, blob in net.blobs.items()} == shapes
    assert not any(blob.diff.any() for blob in net.learnable_params)


@pytest.mark.parametrize(("window", "stride"), [(1, 1), (2, 1), (3, 2), (9, 4)])
def test_occlusion_of_a_sum(window, stride):
    """Of a weighted sum a square takes away the sum under it."""
    net = Net(LINEAR, seed=1, dtype=np.float64)
    image = np.random.default_rng(2).normal(size=(1, 5, 6))
    found = plots.saliency(net, image, method="occlusion", index=1, window=window, stride=stride)
    parts = (net.params["y"][0].data[1].reshape(5, 6) * image[0]).tolist()
    lost = [[[] for _ in range(6)] for _ in range(5)]
    tops, lefts = ({*range(0, max(1, n - window + 1), stride), max(0, n - window)} for n in (5, 6))
    for y in tops:
        for x in lefts:
            inside = [
                (i, j)
                for i in range(5)
                for j in range(6)
                if y <= i < y + window and x <= j < x + window
            ]
            total = sum(parts[i][j] for i, j in inside)
            for i, j in inside:
                lost[i][j].append(total)
    assert found.values == pytest.approx(
        np.array([[np.mean(cell) for cell in row] for row in lost])
    )


def test_what_fills_the_square():
    net = Net(LINEAR, seed=1, dtype=np.float64)
    image = np.full((1, 5, 6), 0.25)
    found = plots.saliency(net, image, method="occlusion", index=0, window=2, fill=0.25)
    assert found.values == pytest.approx(np.zeros((5, 6)))


@pytest.mark.parametrize(
    ("length", "window", "stride", "starts"),
    [(10, 4, 3, [0, 3, 6]), (10, 4, 4, [0, 4, 6]), (3, 5, 2, [0]), (4, 4, 1, [0])],
)
def test_squares_cover_everything_once(length, window, stride, starts):
    assert _starts(length, window, stride) == starts


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"method": "magic"}, NetError, "take gradient or occlusion"),
        ({"blob": "scores"}, NetError, "no blob 'scores'"),
        ({"index": 3}, ShapeError, "has 3 scores, none with index 3"),
    ],
)
def test_what_is_asked_wrongly(net, image, options, kind, words):
    with pytest.raises(kind, match=words):
        plots.saliency(net, image, **options)


def test_nets_and_images_that_do_not_fit(net, image):
    with pytest.raises(ShapeError, match=r"the image is \(6, 7\)"):
        plots.saliency(net, image[0])
    with pytest.raises(NetError, match="0 inputs, not one"):
        plots.saliency(
            Net(
                'layer { name: "d" type: "DummyData" top: "d" '
                "dummy_data_param { shape { dim: 1 } } }"
            ),
            image,
        )
