"""The summary table against numbers worked out by hand."""

from __future__ import annotations

import pytest

from protonet.core.context import TRAIN
from protonet.errors import DataError
from protonet.net.net import Net
from protonet.viz import phases, summary, summary_text

TEXT = """name: "Tiny"
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 3 dim: 6 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
  inner_product_param { num_output: 10 } }
"""


def test_rows_by_hand():
    rows = {row.name: row for row in summary.summarize(Net(TEXT)).rows}
    conv, relu, ip = rows["conv"], rows["relu"], rows["ip"]
    assert conv.shapes == [(2, 4, 4, 3)]
    assert conv.parameters == 4 * 3 * 9 + 4
    assert conv.macs == 2 * 4 * 4 * 3 * 27
    assert conv.activations == 4 * 2 * 4 * 4 * 3
    assert conv.training == 2 * (conv.activations + 4 * conv.parameters)
    assert (relu.parameters, relu.activations, relu.training) == (0, 0, 0)
    assert (ip.parameters, ip.macs) == (48 * 10 + 10, 2 * 48 * 10)


def test_what_is_frozen_has_no_gradient():
    frozen = TEXT.replace("  convolution_param", "  param { lr_mult: 0 } convolution_param")
    rows = {row.name: row for row in summary.summarize(Net(frozen)).rows}
    conv = rows["conv"]
    assert (conv.parameters, conv.frozen) == (4 * 3 * 9 + 4, 4 * 3 * 9)
    assert conv.training == 4 * (2 * 96 + 112 + 4)
    assert rows["data"].training == rows["data"].activations == 4 * 180


def test_blobs_that_live_at_once():
    """conv reads data and makes conv: 180 + 96 values; ip comes after."""
    assert summary.summarize(Net(TEXT)).peak == 4 * (180 + 96)
    late = TEXT + 'layer { name: "s" type: "Silence" bottom: "data" }'
    assert summary.summarize(Net(late)).peak == 4 * (180 + 96 + 20)


def test_text_and_json_agree():
    found = summary.summarize(Net(TEXT))
    data, text = summary.to_json(found), summary_text.to_text(found)
    assert data["parameters"] == 602
    assert "2x4x4x3" in text and "parameters: 602 (2.4 KiB), 602 trainable, 0 frozen" in text


def table(net: Net) -> list[list[str]]:
    """The words of each row, and of the total."""
    return [
        " ".join(row).split() for row in summary_text.to_table(summary.summarize(net), "none").rows
    ]


def test_inserted_splits_are_not_in_the_table():
    fork = 'layer { name: "%s" type: "Silence" bottom: "ip" }\n'
    net = Net(TEXT + fork % "a" + fork % "b")
    assert "Split" in {row.type for row in summary.summarize(net).rows}
    rows = table(net)
    assert "Split" not in [row[1] for row in rows]
    assert rows[-2][:3] == ["b", "Silence", "ip"]
    assert rows[-1][1] == "6"


def test_a_net_without_a_name():
    net = Net(TEXT.replace('name: "Tiny"', ""), phase=TRAIN)
    assert summary_text.to_text(summary.summarize(net)).splitlines()[0] == "net (TRAIN)"
    net = Net(TEXT)
    assert summary_text.to_text(summary.summarize(net)).splitlines()[0] == "Tiny (TEST)"


def test_splits_of_the_user_are_in_the_table():
    """Hidden are those that were put in: by their type and their name, not by one of them."""
    net = Net(
        TEXT
        + 'layer { name: "mine" type: "Split" bottom: "ip" top: "a" top: "b" }\n'
        + 'layer { name: "banana_split" type: "Silence" bottom: "a" bottom: "b" }'
    )
    rows = table(net)
    assert rows[-3][:8] == ["mine", "Split", "ip", "a", "b", "2x10", "2x10", "0"]
    assert rows[-2][:4] == ["banana_split", "Silence", "a", "b"]
    assert rows[-1][1] == "6"


def test_a_blob_that_is_shared_counts_once():
    """Two layers with one weight: it is the first one's."""
    shared = """layer { name: "%s" type: "InnerProduct" bottom: "data" top: "%s" param { name: "w" }
  inner_product_param { num_output: 10 bias_term: false } }\n"""
    net = Net(
        TEXT.splitlines()[1] + TEXT.splitlines()[2] + shared % ("a", "a") + shared % ("b", "b")
    )
    rows = {row.name: row for row in summary.summarize(net).rows}
    assert [rows[name].parameters for name in "ab"] == [90 * 10, 0]
    assert [rows[name].activations for name in "ab"] == [4 * 20] * 2
    assert [rows[name].training for name in "ab"] == [8 * (20 + 900), 8 * 20]
    assert [rows[name].macs for name in "ab"] == [2 * 90 * 10] * 2


MISSING = """layer { name: "data" type: "Data" top: "data" top: "label"
  transform_param { crop_size: 5 mean_file: "no_mean.binaryproto" }
  data_param { source: "nowhere_lmdb" batch_size: 4 backend: LMDB } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 2 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""


def test_a_net_can_be_looked_at_without_its_data(caplog):
    net = Net(MISSING, open_data=False)
    assert summary.summarize(net).rows[0].shapes == [(4, 3, 5, 5), (4,)]
    said = "its shape is taken from the definition: data 4x3x5x5, label 4 (3 channels are assumed)"
    assert said in caplog.text
    with pytest.raises(DataError, match=r"layer 'data' .*does not exist"):
        net.forward()
    with pytest.raises(DataError, match="does not exist"):
        Net(MISSING)
    with pytest.raises(DataError, match="does not exist"):
        Net(MISSING.replace("crop_size: 5", ""), open_data=False)


def test_a_list_of_images_tells_its_size_too():
    text = (
        'layer { name: "d" type: "ImageData" top: "d" image_data_param { source: "none.txt" '
        "batch_size: 2 new_height: 7 new_width: 9 is_color: false } }"
    )
    assert Net(text, open_data=False).blobs["d"].shape == (2, 1, 7, 9)


def test_layers_of_one_name_keep_their_own_blobs():
    twice = TEXT.replace('name: "ip"', 'name: "conv"')
    rows = summary.summarize(Net(twice)).rows
    assert [row.bottoms for row in rows] == [[], ["data"], ["conv"], ["conv"]]
    assert [row.tops for row in rows] == [["data"], ["conv"], ["conv"], ["ip"]]


ALEXNET = """name: "AlexNet"
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 10 dim: 3 dim: 227 dim: 227 } } }
"""
#: Name, number of outputs, kernel, stride, pad, group, pooled after (3x3 in steps of 2).
CONVOLUTIONS = [
    ("conv1", 96, 11, 4, 0, 1, True),
    ("conv2", 256, 5, 1, 2, 2, True),
    ("conv3", 384, 3, 1, 1, 1, False),
    ("conv4", 384, 3, 1, 1, 2, False),
    ("conv5", 256, 3, 1, 1, 2, True),
]


def alexnet() -> str:
    text, bottom = ALEXNET, "data"
    for name, outputs, kernel, stride, pad, group, pooled in CONVOLUTIONS:
        text += (
            f'layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}" '
            f"convolution_param {{ num_output: {outputs} kernel_size: {kernel} stride: {stride} "
            f"pad: {pad} group: {group} }} }}\n"
        )
        bottom = name
        if pooled:
            text += (
                f'layer {{ name: "p{name}" type: "Pooling" bottom: "{name}" top: "p{name}" '
                "pooling_param { kernel_size: 3 stride: 2 } }\n"
            )
            bottom = f"p{name}"
    for name, outputs in (("fc6", 4096), ("fc7", 4096), ("fc8", 1000)):
        text += (
            f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" '
            f"inner_product_param {{ num_output: {outputs} }} }}\n"
        )
        bottom = name
    return text


def test_alexnet_as_in_netscopes_analyser():
    """Its formulas, outputs x inputs / group x kernel, by hand; its own totals for the batch of
    ten have the sums of squares of LRN too.  (dgschwend/netscope, src/analyzer.coffee)"""
    found = summary.summarize(Net(alexnet(), partial=True))
    rows = {row.name: row for row in found.rows}
    macs = {
        "conv1": 55 * 55 * 96 * 3 * 121,
        "conv2": 27 * 27 * 256 * 48 * 25,
        "conv3": 13 * 13 * 384 * 256 * 9,
        "conv4": 13 * 13 * 384 * 192 * 9,
        "conv5": 13 * 13 * 256 * 192 * 9,
        "fc6": 6 * 6 * 256 * 4096,
        "fc7": 4096 * 4096,
        "fc8": 4096 * 1000,
    }
    assert {name: rows[name].macs for name in macs} == {n: 10 * each for n, each in macs.items()}
    assert (found.total("macs"), found.total("parameters")) == (7_244_068_160, 60_965_224)


def test_a_bottleneck_as_in_netscopes_analyser():
    """res2a of ResNet-50: its 1x1, 3x3 and 1x1 convolutions and the projection, at 56 x 56."""
    text = """layer { name: "in" type: "Input" top: "pool1"
      input_param { shape { dim: 1 dim: 64 dim: 56 dim: 56 } } }"""
    for name, bottom, outputs, kernel in (
        ("branch1", "pool1", 256, 1),
        ("branch2a", "pool1", 64, 1),
        ("branch2b", "branch2a", 64, 3),
        ("branch2c", "branch2b", 256, 1),
    ):
        text += f"""layer {{ name: "res2a_{name}" type: "Convolution" bottom: "{bottom}"
          top: "{name}" convolution_param {{ num_output: {outputs} kernel_size: {kernel}
          pad: {kernel // 2} bias_term: false }} }}
        layer {{ name: "bn2a_{name}" type: "BatchNorm" bottom: "{name}" top: "{name}" }}"""
    text += (
        """layer { name: "res2a" type: "Eltwise" bottom: "branch1" bottom: "branch2c" top: "r" }"""
    )
    found = summary.summarize(Net(text, partial=True))
    values = 56 * 56
    assert [row.macs for row in found.rows if row.macs] == [
        values * 64 * 256,
        values * 64 * 64,
        values * 64 * 64 * 9,
        values * 64 * 256,
    ]
    # Means, variances and the factor: 2C + 1, where the analyser has 2C.
    norms = [row for row in found.rows if row.type == "BatchNorm"]
    assert (
        [row.parameters for row in norms] == [row.frozen for row in norms] == [513, 129, 129, 513]
    )
    lines = summary_text.to_text(found, 80, "folded").splitlines()
    assert [line.split()[:3] for line in lines[5:7]] == [
        ["in", "Input", "1x64x56x56"],
        ["res2a", "9", "layers"],
    ]


def test_long_names_are_shortened_and_shown_in_full():
    name = "a_name_that_is_longer_than_any_column/of_a_table_in_a_terminal"
    found = summary.summarize(Net(TEXT.replace('name: "ip"', f'name: "{name}"')))
    text = summary_text.to_text(found, 60)
    assert max(map(len, text.partition("\n\n")[0].splitlines())) <= 60
    assert "names are shortened to fit 60 columns: --full shows all of them" in text
    assert name not in text and name in summary_text.to_text(found)


def test_a_shape_that_differs_between_phases():
    shapes = 'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: %d dim: 4 } } }'
    both = [summary.summarize(Net(shapes % n, phase=p)) for n, p in ((8, TRAIN), (2, 1))]
    row = phases.to_table(*both).body[0]
    assert row == ["d", "Input", "8x4", "2x4", "0", "0", "="]


def test_receptive_fields():
    """Of three 3x3 windows, the second with stride 2: 3, 5 and 5 + 2 * 2 pixels."""
    window = "convolution_param {{ num_output: 2 kernel_h: 3 kernel_w: 1 stride: {} }}"
    text = (
        'layer { name: "x" type: "Input" top: "x" '
        "input_param { shape { dim: 1 dim: 1 dim: 32 dim: 32 } } }"
    )
    for name, bottom, stride in (("a", "x", 1), ("b", "a", 2), ("c", "b", 1)):
        text += (
            f'layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}" '
            f"{window.format(stride)} }}"
        )
    text += (
        'layer { name: "d" type: "InnerProduct" bottom: "c" top: "d" '
        "inner_product_param { num_output: 2 } }"
    )
    found = summary.summarize(Net(text))
    layers = summary.to_json(found)["layers"]
    assert [row["field"] for row in layers] == [[1, 1], [3, 1], [5, 1], [9, 1], ["all", "all"]]
    assert [row["stride"] for row in layers[:4]] == [[1, 1], [1, 1], [2, 2], [2, 2]]
    records = summary.to_records(found)
    assert [(row["field"], row["stride"]) for row in records[1:4]] == [
        ("3x1", "1"),
        ("5x1", "2"),
        ("9x1", "2"),
    ]
    lines = summary_text.to_text(found, fields=True).splitlines()
    assert lines[2].split()[:6] == ["layer", "type", "bottoms", "tops", "shape", "field"]
    assert lines[7].split()[5:7] == ["5x1", "2"]
    assert "field" not in summary_text.to_text(found)
