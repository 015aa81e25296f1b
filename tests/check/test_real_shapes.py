"""Shapes of nets that people wrote and that are right: no error and no warning in them."""

from __future__ import annotations

import pytest

from protonet.check import Severity
from protonet.check.run import check_text

#: The data of a training, and scores with a loss.
DATA = """layer { name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param { shape { dim: 2 dim: 3 dim: 9 dim: 9 } shape { dim: 2 } } }
"""
SCORES = """layer { name: "fc" type: "InnerProduct" bottom: "%s" top: "fc"
  inner_product_param { num_output: 4 weight_filler { type: "gaussian" std: 0.01 } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
"""

RIGHT = {
    "an autoencoder that shows a second loss": """
layer { name: "data" type: "DummyData" top: "data" dummy_data_param { shape { dim: 2 dim: 6 } } }
layer { name: "code" type: "InnerProduct" bottom: "data" top: "code"
  inner_product_param { num_output: 2 weight_filler { type: "gaussian" sparse: 1 } } }
layer { name: "out" type: "InnerProduct" bottom: "code" top: "out"
  inner_product_param { num_output: 6 weight_filler { type: "gaussian" sparse: 1 } } }
layer { name: "cross" type: "SigmoidCrossEntropyLoss" bottom: "out" bottom: "data"
  top: "cross_entropy_loss" loss_weight: 1 }
layer { name: "sig" type: "Sigmoid" bottom: "out" top: "sig" }
layer { name: "l2" type: "EuclideanLoss" bottom: "sig" bottom: "data" top: "l2" loss_weight: 0 }
""",
    "twins that share their weights": """
layer { name: "data" type: "DummyData" top: "a" top: "b" top: "sim"
  dummy_data_param { shape { dim: 2 dim: 6 } shape { dim: 2 dim: 6 } shape { dim: 2 } } }
layer { name: "f" type: "InnerProduct" bottom: "a" top: "f" param { name: "w" } param { name: "b" }
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "g" type: "InnerProduct" bottom: "b" top: "g" param { name: "w" } param { name: "b" }
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "ContrastiveLoss" bottom: "f" bottom: "g" bottom: "sim" top: "loss" }
""",
    "one data layer a phase, with the same name and tops": """
layer { name: "data" type: "DummyData" top: "data" top: "label" include { phase: TRAIN }
  dummy_data_param { shape { dim: 4 dim: 3 } shape { dim: 4 } } }
layer { name: "data" type: "DummyData" top: "data" top: "label" include { phase: TEST }
  dummy_data_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
"""
    + SCORES % "data"
    + """layer { name: "acc" type: "Accuracy" bottom: "fc" bottom: "label" top: "acc"
  include { phase: TEST } }
""",
    "ReLU and Dropout in place behind each other": DATA
    + """layer { name: "h" type: "InnerProduct" bottom: "data" top: "h"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "h" top: "h" }
layer { name: "drop" type: "Dropout" bottom: "h" top: "h" dropout_param { dropout_ratio: 0.5 } }
"""
    + SCORES % "h",
    "BatchNorm, Scale and ReLU in place behind a convolution": DATA
    + """layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "msra" } } }
layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c"
  param { lr_mult: 0 } param { lr_mult: 0 } param { lr_mult: 0 } }
layer { name: "s" type: "Scale" bottom: "c" top: "c" scale_param { bias_term: true } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
"""
    + SCORES % "c",
    "several losses with a weight each, and accuracies of their heads": DATA
    + SCORES % "data"
    + """layer { name: "fc2" type: "InnerProduct" bottom: "data" top: "fc2"
  inner_product_param { num_output: 4 } }
layer { name: "loss2" type: "SoftmaxWithLoss" bottom: "fc2" bottom: "label" top: "loss2"
  loss_weight: 0.3 }
layer { name: "top5" type: "Accuracy" bottom: "fc2" bottom: "label" top: "top5"
  include { phase: TEST } accuracy_param { top_k: 3 } }
""",
    "a frozen front, to be loaded from weights": DATA
    + """layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  param { lr_mult: 0 decay_mult: 0 } param { lr_mult: 0 decay_mult: 0 }
  convolution_param { num_output: 4 kernel_size: 3 } }
"""
    + SCORES % "c",
    "a net to use: an Input, and a Softmax that nobody reads": """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 } } }
layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
  batch_norm_param { use_global_stats: true } }
layer { name: "fc" type: "InnerProduct" bottom: "bn" top: "fc"
  inner_product_param { num_output: 4 } }
layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }
""",
    "upsampling of each class by itself": """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 5 dim: 4 dim: 4 } } }
layer { name: "up" type: "Deconvolution" bottom: "data" top: "up" param { lr_mult: 0 }
  convolution_param { num_output: 5 group: 5 kernel_size: 4 stride: 2 bias_term: false
    weight_filler { type: "bilinear" } } }
""",
    "labels that are ignored by all": DATA
    + """layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
  inner_product_param { num_output: 4 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss"
  loss_param { ignore_label: 255 normalize: false } }
layer { name: "acc" type: "Accuracy" bottom: "fc" bottom: "label" top: "acc"
  accuracy_param { ignore_label: 255 } include { phase: TEST } }
""",
    "a window that covers all that is left, in steps": """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 7 dim: 7 } } }
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { pool: AVE kernel_size: 7 stride: 1 } }
""",
    "a solver that never lowers its rate": """
net_param { %s }
base_lr: 0.1 lr_policy: "step" gamma: 1.0 stepsize: 10000000 max_iter: 100 momentum: 0.9
snapshot: 50 snapshot_prefix: "here"
"""
    % (DATA + SCORES % "data"),
    "labels made of scores, as a region proposal net has them": DATA
    + """layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
  inner_product_param { num_output: 4 } }
layer { name: "made" type: "ArgMax" bottom: "fc" top: "made" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "made" top: "loss"
  propagate_down: true propagate_down: false }
""",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_gives_no_alarm(name: str) -> None:
    found = check_text(RIGHT[name], "net.prototxt")
    assert [str(f) for f in found if f.severity > Severity.NOTE] == []
