"""Filters and activations, against the weights and blobs that they are of."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net, plots
from protonet.errors import NetError, ShapeError

TEXT = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 6 dim: 5 } } }
layer { name: "c" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 4 kernel_h: 3 kernel_w: 2 weight_filler { type: "gaussian" } } }
layer { name: "d" type: "Convolution" bottom: "c" top: "d"
  convolution_param { num_output: 2 kernel_size: 2 weight_filler { type: "gaussian" } } }
layer { name: "ip" type: "InnerProduct" bottom: "d" top: "ip"
  inner_product_param { num_output: 7 weight_filler { type: "gaussian" } } }
layer { name: "last" type: "InnerProduct" bottom: "ip" top: "last"
  inner_product_param { num_output: 5 weight_filler { type: "gaussian" } } }
"""


@pytest.fixture(scope="module")
def net():
    made = Net(TEXT, seed=3)
    made.blobs["x"].data[...] = np.random.default_rng(1).normal(size=(2, 3, 6, 5))
    made.forward()
    return made


def test_filters_in_colours(net):
    """Channels are blue, green, red in Caffe, and red, green, blue in pictures."""
    found = plots.filters(net, "c")
    weights = net.params["c"][0].data
    assert found.values.shape == (4, 3, 2, 3) and found.inputs == [None] * 4
    for output in range(4):
        for colour in range(3):
            np.testing.assert_array_equal(
                found.values[output, ..., colour], weights[output, 2 - colour]
            )
    largest = abs(weights).max()
    assert found.pictures == pytest.approx((found.values + largest) / (2 * largest))
    assert found.title == "c: 4 filters of 3x2"


def test_filters_of_each_channel(net):
    found = plots.filters(net, "d")
    assert (found.outputs, found.inputs) == ([0] * 4 + [1] * 4, [0, 1, 2, 3] * 2)
    for picture, output, channel in zip(found.values, found.outputs, found.inputs):
        np.testing.assert_array_equal(picture, net.params["d"][0].data[output, channel])


def test_rows_of_a_matrix_as_what_they_look_at(net):
    """The blob below is (2, 2, 3, 3): a row of 18 weights is two pictures."""
    found = plots.filters(net, "ip")
    assert found.values.shape == (14, 3, 3)
    np.testing.assert_array_equal(found.values[3].ravel(), net.params["ip"][0].data[1, 9:])
    (whole,) = plots.filters(net, "last").values
    np.testing.assert_array_equal(whole, net.params["last"][0].data)


def test_a_picture_is_no_view(net):
    plots.filters(net, "d").values[...] = 0
    assert net.params["d"][0].data.any()


@pytest.mark.parametrize(
    ("layer", "blob", "kind", "words"),
    [
        ("e", 0, NetError, "there is no layer 'e'"),
        ("x", 0, NetError, r"layers with parameters are c, d, ip, last"),
        ("c", 1, ShapeError, r"layer 'c' \(Convolution\): parameter 1 of shape 4 is no picture"),
    ],
)
def test_what_has_no_filters(net, layer, blob, kind, words):
    with pytest.raises(kind, match=words):
        plots.filters(net, layer, blob)


def test_activations(net):
    found = plots.activations(net, "c", item=1)
    np.testing.assert_array_equal(found.values, net.blobs["c"].data[1])
    for values, picture in zip(found.values, found.pictures):
        span = values.max() - values.min()
        assert picture == pytest.approx((values - values.min()) / span, abs=1e-6)
    assert plots.activations(net, "c", item=-1).item == 1
    vector = plots.activations(net, "ip")
    assert vector.values.tolist() == net.blobs["ip"].data[0].tolist()
    with pytest.raises(ShapeError, match="no maps but 7"):
        _ = vector.pictures


@pytest.mark.parametrize(
    ("blob", "item", "kind", "words"),
    [
        ("conv", 0, NetError, "no blob 'conv'"),
        ("c", 2, ShapeError, "2x4x4x4, has no values of an item 2"),
    ],
)
def test_what_has_no_activations(net, blob, item, kind, words):
    with pytest.raises(kind, match=words):
        plots.activations(net, blob, item)
