"""A small net with BatchNorm, branches and a Concat; and a cache of its own for each test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net

NET = """
name: "small"
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 9 dim: 8 } } }
layer { name: "c1" type: "Convolution" bottom: "x" top: "c1" convolution_param {
  num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } bias_term: false } }
layer { name: "b1" type: "BatchNorm" bottom: "c1" top: "c1" }
layer { name: "s1" type: "Scale" bottom: "c1" top: "c1" scale_param { bias_term: true } }
layer { name: "r1" type: "ReLU" bottom: "c1" top: "c1" }
layer { name: "c2" type: "Convolution" bottom: "c1" top: "c2" convolution_param {
  num_output: 2 kernel_size: 1 weight_filler { type: "xavier" } } }
layer { name: "cat" type: "Concat" bottom: "c1" bottom: "c2" top: "cat" }
layer { name: "p" type: "Pooling" bottom: "cat" top: "p" pooling_param {
  pool: AVE global_pooling: true } }
layer { name: "prob" type: "Softmax" bottom: "p" top: "prob" }
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of models."""
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def net() -> Net:
    net, rng = Net(NET, seed=1), np.random.default_rng(2)
    for name in ("b1", "s1"):
        for blob in net.params[name]:
            blob.data[...] = rng.uniform(0.5, 1.5, blob.shape)
    return net


def values(net: Net, seed: int, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Random images, and what the plain executor makes of them."""
    x = np.random.default_rng(seed).normal(0, 2, shape or net.blobs["x"].shape)
    x = x.astype(np.float32)
    plain = net.clone()
    plain.blobs["x"].reshape(*x.shape)
    plain.blobs["x"].data[...] = x
    return x, plain.forward()["prob"].copy()
