"""The summary table against numbers worked out by hand."""

from __future__ import annotations

import pytest

from protonet.core.context import TRAIN
from protonet.errors import DataError
from protonet.net.net import Net
from protonet.viz import summary

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
    rows = {row.name: row for row in summary.summarize(Net(TEXT))}
    conv, relu, ip = rows["conv"], rows["relu"], rows["ip"]
    assert conv.shapes == [(2, 4, 4, 3)]
    assert conv.parameters == 4 * 3 * 9 + 4
    assert conv.macs == 2 * 4 * 4 * 3 * 27
    assert conv.memory == 4 * (2 * 4 * 4 * 3 + conv.parameters)
    assert (relu.parameters, relu.memory) == (0, 0)
    assert (ip.parameters, ip.macs) == (48 * 10 + 10, 2 * 48 * 10)


def test_training_counts_gradients():
    test, train = (
        sum(row.memory for row in summary.summarize(Net(TEXT, phase=p))) for p in (1, TRAIN)
    )
    assert train == 2 * test


def test_text_and_json_agree():
    net = Net(TEXT)
    rows = summary.summarize(net)
    data, text = summary.to_json(net, rows), summary.to_text(net, rows)
    assert data["parameters"] == 602
    assert "2x4x4x3" in text and "602" in text.splitlines()[-1]


def test_inserted_splits_are_not_in_the_table():
    fork = 'layer { name: "%s" type: "Silence" bottom: "ip" }\n'
    net = Net(TEXT + fork % "a" + fork % "b")
    rows = summary.summarize(net)
    table = summary.to_text(net, rows)
    assert "Split" in {row.type for row in rows}
    assert "split" not in table.lower()
    assert table.splitlines()[-3].split()[:3] == ["b", "Silence", "ip"]
    assert table.splitlines()[-1].split()[1] == "6"


def test_a_net_without_a_name():
    net = Net(TEXT.replace('name: "Tiny"', ""), phase=TRAIN)
    assert summary.to_text(net, summary.summarize(net)).splitlines()[0] == "net (TRAIN)"
    net = Net(TEXT)
    assert summary.to_text(net, summary.summarize(net)).splitlines()[0] == "Tiny (TEST)"


def test_splits_of_the_user_are_in_the_table():
    """Hidden are those that were put in: by their type and their name, not by one of them."""
    net = Net(
        TEXT
        + 'layer { name: "mine" type: "Split" bottom: "ip" top: "a" top: "b" }\n'
        + 'layer { name: "banana_split" type: "Silence" bottom: "a" bottom: "b" }'
    )
    table = summary.to_text(net, summary.summarize(net)).splitlines()
    assert table[-4].split()[:8] == ["mine", "Split", "ip", "a", "b", "2x10", "2x10", "0"]
    assert table[-3].split()[:4] == ["banana_split", "Silence", "a", "b"]
    assert table[-1].split()[1] == "6"


def test_a_blob_that_is_shared_counts_once():
    """Two layers with one weight: it is the first one's."""
    shared = """layer { name: "%s" type: "InnerProduct" bottom: "data" top: "%s" param { name: "w" }
  inner_product_param { num_output: 10 bias_term: false } }\n"""
    net = Net(
        TEXT.splitlines()[1] + TEXT.splitlines()[2] + shared % ("a", "a") + shared % ("b", "b")
    )
    rows = {row.name: row for row in summary.summarize(net)}
    assert [rows[name].parameters for name in "ab"] == [90 * 10, 0]
    assert [rows[name].memory for name in "ab"] == [4 * (20 + 900), 4 * 20]
    assert [rows[name].macs for name in "ab"] == [2 * 90 * 10] * 2


def test_human_bytes():
    assert [summary.human_bytes(n) for n in (0, 1023, 1536, 3 << 20, 5 << 30)] == [
        "0 B",
        "1023 B",
        "1.5 KiB",
        "3.0 MiB",
        "5.0 GiB",
    ]


MISSING = """layer { name: "data" type: "Data" top: "data" top: "label"
  transform_param { crop_size: 5 mean_file: "no_mean.binaryproto" }
  data_param { source: "nowhere_lmdb" batch_size: 4 backend: LMDB } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 2 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""


def test_a_net_can_be_looked_at_without_its_data(caplog):
    net = Net(MISSING, open_data=False)
    assert summary.summarize(net)[0].shapes == [(4, 3, 5, 5), (4,)]
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
    rows = summary.summarize(Net(twice))
    assert [row.bottoms for row in rows] == [[], ["data"], ["conv"], ["conv"]]
    assert [row.tops for row in rows] == [["data"], ["conv"], ["conv"], ["ip"]]
