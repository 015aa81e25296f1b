"""Nets written in Python: names, parameters, and the messages they become."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from protonet.pycaffe import layers as L
from protonet.pycaffe import net_spec
from protonet.pycaffe import params as P


def message(text: str):
    return parse(text, pb.NetParameter)[0]


def small() -> caffe.NetSpec:
    n = caffe.NetSpec()
    n.data, n.label = L.DummyData(shape=[{"dim": [2, 3, 5, 5]}, {"dim": [2]}], ntop=2)
    n.conv = L.Convolution(n.data, kernel_size=3, num_output=4, weight_filler={"type": "xavier"})
    n.pool = L.Pooling(n.conv, pool=P.Pooling.MAX, kernel_size=3, stride=2)
    n.relu = L.ReLU(n.pool, in_place=True)
    n.score = L.InnerProduct(n.relu, num_output=10)
    n.loss = L.SoftmaxWithLoss(n.score, n.label)
    return n


def test_a_spec_is_the_net_it_says():
    assert small().to_proto() == message("""
layer { name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param { shape { dim: 2 dim: 3 dim: 5 dim: 5 } shape { dim: 2 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param {
  num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
layer { name: "relu" type: "ReLU" bottom: "pool" top: "pool" }
layer { name: "score" type: "InnerProduct" bottom: "pool" top: "score"
  inner_product_param { num_output: 10 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" }
""")


def test_the_text_of_a_spec_builds(tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(str(small().to_proto()))
    net = caffe.Net(str(path), caffe.TRAIN)
    assert list(net._layer_names) == ["data", "conv", "pool", "relu", "score", "loss"]
    assert list(net.forward()) == ["loss"]


def test_names_are_made_up_where_none_are_given():
    data = L.Input(shape={"dim": [1, 2]})
    hidden = L.ReLU(L.InnerProduct(data, num_output=3), in_place=True)
    top = L.Eltwise(L.InnerProduct(hidden, num_output=3), hidden)
    built = top.to_proto()
    assert [layer.name for layer in built.layer] == [
        "Input1",
        "InnerProduct1",
        "ReLU1",
        "InnerProduct2",
        "Eltwise1",
    ]
    assert built.layer[2].top == built.layer[2].bottom == ["InnerProduct1"]
    assert built.layer[4].bottom == ["InnerProduct2", "InnerProduct1"]
    assert caffe.to_proto(top) == built == top.fn.to_proto()


def test_layers_without_tops():
    n = caffe.NetSpec()
    n.a, n.b = L.DummyData(shape={"dim": 3}, ntop=2)
    n.quiet = L.Silence(n.a, ntop=0)
    n["quiet too"] = L.Silence(n.b, ntop=0)
    built = n.to_proto()
    assert [layer.name for layer in built.layer] == ["a", "quiet", "quiet too"]
    assert caffe.Net(str(built), caffe.TEST).forward() == {}
    assert [layer.name for layer in caffe.to_proto(L.Silence(n.a, ntop=0)).layer] == [
        "DummyData1",
        "Silence1",
    ]


def test_only_tops_are_inputs():
    pair = L.DummyData(ntop=2)
    with pytest.raises(
        TypeError, match=r"^Silence input 0 is not a Top \(type is <class 'tuple'>\)$"
    ):
        L.Silence(pair, ntop=0)


def test_where_keywords_go():
    layer = (
        L.Convolution(
            L.Input(),
            name="c",
            num_output=np.int64(2),
            kernel_size=[3, 5],
            pad=(1, 0),
            dilation=np.array([1, 2]),
            loss_weight=1,
            param=[{"lr_mult": 1}, {"lr_mult": 0}],
            include={"phase": caffe.TEST},
            engine="CAFFE",
            bias_filler={"value": np.float32(0.5)},
            weight_filler=pb.FillerParameter(type="msra"),
        )
        .to_proto()
        .layer[1]
    )
    assert message(f"layer {{ {layer} }}") == message("""
layer { name: "c" type: "Convolution" bottom: "Input1" top: "Convolution1" loss_weight: 1
  param { lr_mult: 1 } param { lr_mult: 0 } include { phase: TEST }
  convolution_param { num_output: 2 pad: 1 pad: 0 kernel_size: 3 kernel_size: 5 dilation: 1
    dilation: 2 engine: CAFFE weight_filler { type: "msra" } bias_filler { value: 0.5 } } }""")


def test_messages_under_another_types_name():
    data = L.Input()
    up = L.Deconvolution(data, num_output=3).to_proto().layer[1]
    assert up.convolution_param.num_output == 3
    loss = L.SoftmaxWithLoss(data, data, ignore_label=7, axis=2).to_proto().layer[1]
    assert (loss.loss_param.ignore_label, loss.softmax_param.axis) == (7, 2)
    assert L.LSTM(data, num_output=4).to_proto().layer[1].recurrent_param.num_output == 4


def test_layers_of_forks():
    data = L.Input()
    permute = L.Permute(data, order=[0, 2, 3, 1]).to_proto().layer[1]
    assert list(permute.permute_param.order) == [0, 2, 3, 1]
    boxes = L.PriorBox(data, data, min_size=30, flip=False).to_proto().layer[1].prior_box_param
    assert (list(boxes.min_size), boxes.flip) == ([30], False)
    given = dict(nms_param=dict(top_k=400), code_type=P.PriorBox.CENTER_SIZE)
    found = L.DetectionOutput(data, data, data, detection_output_param=given)
    detection = found.to_proto().layer[1].detection_output_param
    assert (detection.nms_param.top_k, detection.code_type) == (400, 2)
    assert L.Lstm(data, num_output=4).to_proto().layer[1].lstm_param.num_output == 4
    assert L.Normalize(data, channel_shared=False).to_proto().layer[1].HasField("norm_param")


def test_empty_messages_and_lists():
    layer = L.ReLU(L.Input(shape=[]), relu_param={}).to_proto().layer[1]
    assert layer.HasField("relu_param")


def test_fields_that_do_not_exist():
    with pytest.raises(AttributeError, match=r"no field 'name_of_it'"):
        L.ReLU(L.Input(), name_of_it=1).to_proto()
    with pytest.raises(AttributeError, match=r"has no field 'lr_mul': did you mean 'lr_mult'"):
        L.ReLU(L.Input(), param={"lr_mul": 1}).to_proto()
    with pytest.raises(ValueError, match="pool has no value 'MAXI', but MAX, AVE, STOCHASTIC"):
        L.Pooling(L.Input(), pool="MAXI").to_proto()


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (
            lambda data: L.Pooling(data, kernel_size=2, strid=2),
            AttributeError,
            r"^layer 'x' \(Pooling\): PoolingParameter has no field 'strid': did you mean 'stride'",
        ),
        (
            lambda data: L.Scale(data, bias_term=True, los_weight=1),
            AttributeError,
            r"^layer 'x' \(Scale\): ScaleParameter .*did you mean 'loss_weight'",
        ),
        (
            lambda data: L.Poolling(data, kernel_size=2),
            AttributeError,
            r"^layer 'x' \(Poolling\): unknown type 'Poolling': did you mean 'Pooling'",
        ),
        (
            lambda data: L.Pooling(data, kernel_size="two"),
            TypeError,
            r"^layer 'x' \(Pooling\): kernel_size: ",
        ),
        (
            lambda data: L.Pooling(data, pool="MAXI"),
            ValueError,
            r"^layer 'x' \(Pooling\): pool: pool has no value 'MAXI'",
        ),
    ],
)
def test_an_error_names_the_layer(make, kind, message):
    n = caffe.NetSpec()
    n.data = L.Input()
    n.x = make(n.data)
    with pytest.raises(kind, match=message):
        n.to_proto()


def test_a_name_is_for_one_top():
    n = caffe.NetSpec()
    n.data = L.Input()
    with pytest.raises(
        TypeError, match=r"^'part' is given the 2 tops of <Slice .*n\.part1, n\.part2"
    ):
        n.part = L.Slice(n.data, ntop=2)
    with pytest.raises(TypeError, match=r"^'size' is given 3, not the top of a layer"):
        n["size"] = 3
    with pytest.raises(AttributeError, match=r"no layer was named 'dta': did you mean 'data'"):
        L.ReLU(n.dta)
    assert list(n.tops) == ["data"]


def test_a_type_that_is_not_known_can_be_written():
    built = L.Detector9(L.Input(), name="d").to_proto()
    assert (built.layer[1].type, built.layer[1].name) == ("Detector9", "d")


def test_a_spec_as_a_container():
    n = small()
    assert n["conv"] is n.conv and "conv" in n and "convv" not in n
    assert not hasattr(n, "convv")
    with pytest.raises(KeyError):
        n["convv"]
    del n.loss
    assert "loss" not in [layer.name for layer in n.to_proto().layer]
    assert list(copy.copy(n).tops) == list(n.tops)
    assert repr(n.conv) == "<Top 0 of <Convolution of 1 bottoms, 1 tops>>"


def test_constants_and_parameter_names():
    assert (P.Pooling.AVE, P.Data.LMDB, P.Eltwise.PROD) == (1, 1, 0)
    names = net_spec.param_name_dict()
    assert (names["InnerProduct"], names["LRN"], names["HDF5Data"]) == (
        "inner_product",
        "lrn",
        "hdf5_data",
    )
