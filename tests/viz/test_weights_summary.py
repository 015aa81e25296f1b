"""The table of a weight file against numbers worked out by hand."""

from __future__ import annotations

import numpy as np

from protonet.proto.stored import LayerWeights
from protonet.viz.weights_summary import summarize_weights, to_json, to_text

LAYERS = [
    LayerWeights("conv", "Convolution", [np.zeros((4, 3, 5, 5), np.float32), np.zeros(4)]),
    LayerWeights("relu", "ReLU", []),
    LayerWeights("again", "", [None, np.zeros((), np.float32)]),
    LayerWeights("wide", "InnerProduct", [np.zeros((100, 200), np.float32)]),
]


def test_the_whole_table():
    assert to_text("a.caffemodel", summarize_weights(LAYERS)).splitlines() == [
        "a.caffemodel",
        "--------------------------------------------------------",
        "layer  type          shapes         parameters    memory",
        "--------------------------------------------------------",
        "conv   Convolution   4x3x5x5 4             304   1.2 KiB",
        "again                shared scalar           1       4 B",
        "wide   InnerProduct  100x200            20,000  78.1 KiB",
        "--------------------------------------------------------",
        "total  3 layers                         20,305  79.3 KiB",
    ]


def test_the_same_as_data():
    found = to_json(summarize_weights(LAYERS))
    assert (found["parameters"], found["memory"]) == (20305, 300 * 4 + 4 * 8 + 4 + 80000)
    assert [(row["name"], row["shapes"], row["memory"]) for row in found["layers"]] == [
        ("conv", [(4, 3, 5, 5), (4,)], 1232),
        ("again", [None, ()], 4),
        ("wide", [(100, 200)], 80000),
    ]
