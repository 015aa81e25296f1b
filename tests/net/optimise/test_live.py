"""Nets that nothing learns in: layers in place run with the Convolution before them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.net.executor import Grouped

NET = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 3 dim: 20 dim: 20 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 8 kernel_size: 3 weight_filler { type: "msra" } } }
layer { name: "norm" type: "BatchNorm" bottom: "conv" top: "conv" }
layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
layer { name: "relu" type: "PReLU" bottom: "conv" top: "conv" }
layer { name: "deep" type: "Convolution" bottom: "conv" top: "deep"
  convolution_param { num_output: 8 group: 8 kernel_size: 3 weight_filler { type: "msra" } } }
layer { name: "relu2" type: "ReLU" bottom: "deep" top: "other" }
layer { name: "ip" type: "InnerProduct" bottom: "other" top: "ip"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
"""


@pytest.fixture
def net() -> Net:
    net = Net(NET, seed=1)
    rng = np.random.default_rng(0)
    for name in ("norm", "scale", "relu"):
        for blob in net.params[name]:
            blob.data[...] = rng.uniform(0.5, 1.5, blob.shape)
    net.blobs["data"].data[...] = rng.normal(size=net.blobs["data"].shape)
    return net


def values(net: Net) -> dict[str, np.ndarray]:
    return {name: blob.data.copy() for name, blob in net.blobs.items()}


def one_by_one(net: Net) -> dict[str, np.ndarray]:
    for name in net.layer_names:
        net.forward(start=name, end=name)
    return values(net)


def test_all_values_are_those_of_layers_one_by_one(net: Net) -> None:
    want = one_by_one(net)
    assert [step.layer.name for step in net._executor.fewer.steps] == [  # type: ignore[attr-defined]
        *("data", "conv", "deep", "relu2", "ip")
    ]
    for size in ((2, 3, 20, 20), (1, 3, 20, 20), (3, 3, 20, 20)):
        if size[0] != len(want["data"]):
            net.blobs["data"].reshape(*size)
            net.reshape()
            net.blobs["data"].data[...] = np.random.default_rng(1).normal(size=size)
            want = one_by_one(net)
        net.forward()
        for name, value in values(net).items():
            np.testing.assert_allclose(value, want[name], rtol=2e-5, atol=2e-6, err_msg=name)


def test_parameters_are_read_in_each_pass(net: Net) -> None:
    net.forward()
    for name in ("conv", "norm", "scale", "relu"):
        net.params[name][0].data[...] *= 1.25
        want = one_by_one(net)
        net.forward()
        np.testing.assert_allclose(net.blobs["ip"].data, want["ip"], rtol=2e-5, err_msg=name)


def test_hooks_see_each_layer(net: Net) -> None:
    seen: list[Any] = []
    net.after_forward.append(lambda i: seen.append(net.blobs["conv"].data.copy()))
    net.forward()
    assert len(seen) == len(net.layers)
    conv, norm = net.layer_names.index("conv"), net.layer_names.index("norm")
    assert not np.allclose(seen[conv], seen[norm])


def test_a_forward_of_somebody_elses_is_run(net: Net) -> None:
    layer = net.layers[net.layer_names.index("scale")]
    layer.forward = lambda bottom, top: top[0].data.fill(-2)  # type: ignore[method-assign]
    net.forward()
    slopes = net.params["relu"][0].data
    np.testing.assert_allclose(net.blobs["conv"].data[0, :, 0, 0], -2 * slopes)


def test_what_learns_runs_layer_by_layer(net: Net) -> None:
    assert type(net._executor) is Grouped
    assert type(Net("force_backward: true " + NET)._executor) is not Grouped
    loss = 'layer { name: "l" type: "EuclideanLoss" bottom: "ip" bottom: "ip" top: "l" }'
    assert type(Net(NET + loss, phase=TRAIN)._executor) is not Grouped
