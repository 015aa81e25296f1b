"""What forks added to Caffe's own messages is served, idle or refused, never passed over."""

from __future__ import annotations

import pytest

from protonet import Net
from protonet.core.layer import Layer
from protonet.core.registry import layer_class
from protonet.errors import PrototxtError
from protonet.net.types import OF_LAYERS
from protonet.proto import caffe_pb2 as pb
from protonet.proto.fork_fields import IDLE, refuse_unserved
from protonet.proto.fork_tags import tables
from protonet.proto.parser import parse
from protonet.solvers import get_solver

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 1, 4, 4] } } }\n'


def layer(text: str) -> pb.LayerParameter:
    return parse("layer {" + text + "}", pb.NetParameter)[0].layer[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pooling_param { ceil_mode: false }", "pooling_param.ceil_mode is a field of forks (cas"),
        ("loss_param { normalization: PRE_FIXED }", "loss_param.normalization: PRE_FIXED is a v"),
        ("convolution_param { pad_l: 1 }", "convolution_param.pad_l is a field of forks (syn"),
        ("transform_param { resize_param { } }", "transform_param.resize_param is a field of"),
        ("convolution_param { weight_filler { file: 'f' } }", "weight_filler.file is a field of"),
        # inside what is a fork's own
        ("bn_param { slope_filler { diag_val: 1 } }", "bn_param.slope_filler.diag_val is a"),
    ],
)
def test_what_no_layer_reads_is_refused(text: str, words: str) -> None:
    with pytest.raises(PrototxtError) as caught:
        refuse_unserved(layer(text), ())
    assert words in str(caught.value) and "not served here" in str(caught.value)


def test_what_a_layer_reads_is_taken() -> None:
    one = layer("pooling_param { ceil_mode: false pool: AVE_EXC_PAD }")
    served = {"PoolingParameter.ceil_mode", "PoolingParameter.PoolMethod.AVE_EXC_PAD"}
    assert refuse_unserved(one, served) == []
    for missing in served:
        with pytest.raises(PrototxtError, match=missing.rpartition(".")[2]):
            refuse_unserved(one, served - {missing})


def test_a_stated_default_says_nothing_new() -> None:
    refuse_unserved(layer("pooling_param { ceil_mode: true }"), ())
    refuse_unserved(layer("dropout_param { scale_train: true }"), ())
    with pytest.raises(PrototxtError, match="scale_train"):
        refuse_unserved(layer("dropout_param { scale_train: false }"), ())


def test_fields_of_forks_own_messages_are_no_matter_here() -> None:
    refuse_unserved(layer("permute_param { order: 1 } bn_param { bn_mode: INFERENCE }"), ())


def test_the_choice_of_an_implementation_is_passed_over() -> None:
    text = "engine: 'MKLDNN' convolution_param { engine: MKL2017 conv_algorithm: 'winograd' }"
    idle = refuse_unserved(layer(text), ())
    assert idle == ["ConvolutionParameter.conv_algorithm", "LayerParameter.engine"]
    added = {f"{owner}.{name}" for owner, names in tables()[0].items() for name in names}
    assert added >= IDLE


def test_the_net_refuses_with_the_line() -> None:
    net = (
        INPUT
        + 'layer { name: "p" type: "Pooling" bottom: "x" top: "p"\n'
        + ("pooling_param { kernel_size: 3 stride: 2\nsaturate: Signed } }")
    )
    with pytest.raises(PrototxtError) as caught:
        Net(net)
    assert str(caught.value).startswith("<text>:4: layer 'p' (Pooling): pooling_param.saturate")


def test_all_fields_of_the_net_are_passed_over_or_read() -> None:
    added = {f"NetParameter.{name}" for name in tables()[0]["NetParameter"]}
    assert added <= IDLE | OF_LAYERS
    Net("global_grad_scale: 2\n" + INPUT)


def test_the_solver_refuses_fields_of_its_own() -> None:
    with pytest.raises(PrototxtError) as caught:
        get_solver("base_lr: 1\nlr_policy: 'fixed'\nclip_weights: 3\nnet_param { }")
    assert "<text>:3: clip_weights is a field of forks (happynear)" in str(caught.value)


def test_what_is_passed_over_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    relu = 'layer { name: "r%d" type: "ReLU" bottom: "x" top: "r%d" engine: "MKLDNN" }\n'
    with caplog.at_level("INFO", "protonet"):
        Net("default_forward_type: FLOAT16\n" + INPUT + relu % (1, 1) + relu % (2, 2))
    told = [line for line in caplog.messages if line.startswith("Of forks of Caffe")]
    assert told == [
        "Of forks of Caffe, and without effect on any number: default_forward_type, engine"
    ]


def test_a_layer_declares_what_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Layer.serves == frozenset()
    monkeypatch.setattr(layer_class("Pooling"), "serves", {"PoolingParameter.ceil_mode"})
    Net(
        INPUT + 'layer { name: "p" type: "Pooling" bottom: "x" top: "p" '
        "pooling_param { kernel_size: 3 stride: 2 ceil_mode: false } }"
    )
