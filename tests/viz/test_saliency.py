"""Where a net sees a class: gradients and hidden parts of nets whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NetError
from protonet.net.net import Net
from protonet.viz.saliency import gradient, occlusion

from .nets import layer

SIDE = 12
INPUT = (
    'force_backward: true layer { name: "data" type: "Input" top: "data" '
    f"input_param {{ shape {{ dim: 1 dim: 2 dim: {SIDE} dim: {SIDE} }} }} }}\n"
)
LINEAR = (
    INPUT
    + layer("ip", "InnerProduct", "data", more="inner_product_param { num_output: 3 }")
    + layer("prob", "Softmax", "ip")
)


def linear(rng: np.random.Generator) -> tuple[Net, np.ndarray]:
    """A net of scores w x, and w (3, 2, SIDE, SIDE)."""
    net = Net(LINEAR)
    weights = rng.standard_normal((3, 2, SIDE, SIDE)).astype(np.float32)
    net.params["ip"][0].data[...] = weights.reshape(3, -1)
    net.blobs["data"].data[...] = rng.standard_normal((1, 2, SIDE, SIDE))
    net.run_forward()
    return net, weights


def test_the_gradient_of_a_linear_score_is_its_weights():
    """That of the score, not of the softmax behind it."""
    net, weights = linear(np.random.default_rng(0))
    found = gradient(net, "prob", 1)
    np.testing.assert_allclose(found, np.abs(weights[1]).max(axis=0), rtol=1e-5)
    again = gradient(net, "prob", 2)  # nothing is left over
    np.testing.assert_allclose(again, np.abs(weights[2]).max(axis=0), rtol=1e-5)


def test_hiding_a_part_takes_away_what_it_adds():
    """From a score w x with all parts but one at the mean the change is linear, too."""
    net, weights = linear(np.random.default_rng(1))
    picture = net.blobs["data"].data[0].copy()
    found = occlusion(net, "ip", 0, count=4)
    assert found.shape == (4, 4)
    for (row, column), fall in np.ndenumerate(found):
        middle = [(i + 0.5) * SIDE / 4 for i in (row, column)]
        y, x = (slice(round(m - 1), round(m + 1)) for m in middle)  # a sixth of the side
        mean = picture.mean(axis=(1, 2), keepdims=True)
        expected = (weights[0] * (picture - mean))[:, y, x].sum()
        assert fall == pytest.approx(expected, rel=1e-3, abs=1e-4)
    np.testing.assert_array_equal(net.blobs["data"].data[0], picture)


def test_no_gradient_where_none_flows():
    text = INPUT + layer("best", "ArgMax", "data") + layer("ip", "Flatten", "best")
    net = Net(text.replace("force_backward: true", ""))
    net.run_forward()
    with pytest.raises(NetError, match="no gradient flows from 'ip'"):
        gradient(net, "ip", 0)
