"""Small nets for these tests, whose numbers can be worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from protonet import pycaffe as caffe

#: Two inputs, y = W x + b read by two layers (so that there is a Split), and a loss.
TRAINABLE = """
name: "small"
layer { name: "in" type: "Input" top: "x" top: "t"
  input_param { shape { dim: 3 dim: 4 } shape { dim: 3 dim: 2 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 2 weight_filler { type: "gaussian" std: 1 }
    bias_filler { type: "constant" value: 0.5 } } }
layer { name: "twice" type: "Power" bottom: "y" top: "z" power_param { scale: 2 } }
layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
"""

#: One input in batches of four, one output: sums over 2 x 3 values, times two.
SUMS = """
name: "sums"
force_backward: true
layer { name: "in" type: "Input" top: "data" input_param { shape { dim: 4 dim: 2 dim: 3 } } }
layer { name: "sum" type: "Reduction" bottom: "data" top: "sum"
  reduction_param { operation: SUM axis: 1 } }
layer { name: "twice" type: "Power" bottom: "sum" top: "twice" power_param { scale: 2 } }
"""

#: Draws its own data and labels: it can train as it is.
NOISE = """
name: "noise"
layer { name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param { shape { dim: 5 dim: 2 dim: 3 dim: 4 } shape { dim: 5 }
    data_filler { type: "gaussian" std: 1 } data_filler { type: "constant" value: 2 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 3 kernel_size: 2 weight_filler { type: "xavier" } } }
layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "score"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" }
"""


def trainable(seed: int = 1) -> caffe.Net:
    """TRAINABLE with inputs filled in."""
    caffe.set_random_seed(seed)
    net = caffe.Net(TRAINABLE, caffe.TRAIN)
    rng = np.random.default_rng(seed)
    for name in net.inputs:
        net.blobs[name].data[...] = rng.normal(size=net.blobs[name].shape)
    return net


def solver_file(folder: Path, net: str = NOISE, **fields: object) -> str:
    """A solver prototxt (and its net's) in a folder; its path."""
    (folder / "net.prototxt").write_text(net)
    settings = {
        "base_lr": 0.1,
        "lr_policy": '"fixed"',
        "max_iter": 6,
        "snapshot_after_train": "false",
        "snapshot_prefix": f'"{(folder / "snap").as_posix()}"',
        **fields,
    }
    lines = [f"{name}: {value}" for name, value in settings.items()]
    path = folder / "solver.prototxt"
    path.write_text("\n".join([f'net: "{(folder / "net.prototxt").as_posix()}"', *lines]))
    return str(path)
