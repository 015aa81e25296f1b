"""The table of a weight file against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np

from protonet.proto.stored import LayerWeights
from protonet.viz.weights_summary import summarize_weights, to_json, to_records, to_text

EIGHT = np.array([[-2, 0, 0, 1], [1, 2, np.nan, -np.inf]], np.float32)
LAYERS = [
    LayerWeights("conv", "Convolution", [np.ones((4, 3, 5, 5), np.float32), np.zeros(4)]),
    LayerWeights("relu", "ReLU", []),
    LayerWeights("again", "", [None, np.array(0.25, np.float32)]),
    LayerWeights("wide", "InnerProduct", [EIGHT]),
]


def test_the_whole_table():
    """Of -2 0 0 1 1 2: the mean is 1/3, the mean of the squares 10/6, the variance 14/9."""
    assert to_text("a.caffemodel", summarize_weights(LAYERS)).splitlines() == [
        "a.caffemodel",
        "-" * 69,
        "layer  type          shape     min   max   mean   std  zeros  NaN/inf",
        "-" * 69,
        "conv   Convolution   4x3x5x5     1     1      1     0      0        0",
        "                     4           0     0      0     0      4        0",
        "again                shared",
        "                     scalar   0.25  0.25   0.25     0      0        0",
        "wide   InnerProduct  2x4        -2     2  0.333  1.25      2        2",
        "-" * 69,
        "total: 3 layers, 313 parameters, 1.2 KiB",
    ]


def test_types_give_way_where_there_is_no_room():
    lines = to_text("a.caffemodel", summarize_weights(LAYERS), 60).splitlines()
    assert lines[2].split()[:2] == ["layer", "shape"] and max(map(len, lines)) <= 60


def test_the_same_as_data():
    found = to_json(summarize_weights(LAYERS))
    assert (found["parameters"], found["memory"]) == (313, 300 * 4 + 4 * 8 + 4 + 32)
    assert [(row["name"], row["shapes"], row["memory"]) for row in found["layers"]] == [
        ("conv", [(4, 3, 5, 5), (4,)], 1232),
        ("again", [None, ()], 4),
        ("wide", [(2, 4)], 32),
    ]
    wide = found["layers"][2]["statistics"][0]
    assert wide["std"] == math.sqrt(14 / 9) and (wide["zeros"], wide["not_finite"]) == (2, 2)


def test_a_record_for_each_blob():
    records = to_records(summarize_weights(LAYERS))
    assert [(r["layer"], r["blob"], r["shape"]) for r in records] == [
        ("conv", 0, "4x3x5x5"),
        ("conv", 1, "4"),
        ("again", 0, "shared"),
        ("again", 1, "scalar"),
        ("wide", 0, "2x4"),
    ]
    assert records[2]["mean"] is None and records[4]["max"] == 2


def test_nothing_but_nan():
    (row,) = summarize_weights([LayerWeights("x", "", [np.full(3, np.nan)])])
    assert row.statistics[0].min is None and row.statistics[0].not_finite == 3
