"""Layers that the rules' examples share."""

#: An image of 3 channels that a program fills in.
INPUT = """\
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
"""

#: Four images of 3 channels, with a label each.
DATA = """\
layer { name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } shape { dim: 4 } } }
"""

#: Five scores of each image, and the loss they give.
SCORES = """\
layer { name: "scores" type: "InnerProduct" bottom: "data" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
LOSS = """\
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss" }
"""

#: The three together.
LEARNING = DATA + SCORES + LOSS

#: A solver that has its net in itself.
NET = f"""\
net_param {{ {LEARNING} }}
"""

SOLVER = """\
base_lr: 0.01
lr_policy: "fixed"
max_iter: 100
"""
#: A convolution without a bias and a BatchNorm behind it, between DATA and LOSS.
NORMALISED = """\
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 bias_term: false
    weight_filler { type: "msra" } } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn" }
layer { name: "scores" type: "InnerProduct" bottom: "bn" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
