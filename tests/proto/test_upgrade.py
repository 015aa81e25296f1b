"""Old definitions become what the reference's tools make of them, and keep their lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.fork_fields import refuse_unserved
from protonet.proto.parser import parse
from protonet.proto.text import read_net, read_solver
from protonet.proto.upgrade import upgrade_net, upgrade_solver, v0_type_name, v1_type_name


def test_golden_upgrades(conformance: Path) -> None:
    index = json.loads((conformance / "upgrade/index.json").read_text())
    assert len(index) == 27
    for name, case in index.items():
        folder = conformance / "upgrade" / name
        kind = pb.SolverParameter if case["kind"] == "solver" else pb.NetParameter
        if case["kind"] == "weights":
            old = kind.FromString((folder / "old.caffemodel").read_bytes())
            wanted = kind.FromString((folder / "upgraded.caffemodel").read_bytes())
            place = None
        else:
            old, place = parse((folder / "old.prototxt").read_text(), kind, "old.prototxt")
            wanted, _ = parse((folder / "upgraded.prototxt").read_text(), kind)
        before = old.SerializeToString()
        upgrade = upgrade_solver if case["kind"] == "solver" else upgrade_net
        done = upgrade(old, place)
        assert done.definition.message == wanted, name
        assert done.complete == (case["exit_code"] == 0), name
        assert bool(done.changes) == (old != wanted), name
        assert old.SerializeToString() == before
        if case["kind"] == "net":
            assert len(done.definition.places) == len(wanted.layer)
            assert all(where.line for where in done.definition.places)


def test_lines_survive_from_v0() -> None:
    net = read_net(
        """input: "x" input: "z"
        input_dim: [1, 2, 8, 8, 1, 2, 8, 8]
        layers { layer { name: "pad" type: "padding" pad: 2 } bottom: "x" top: "p" }
        layers {
          layer { name: "conv" type: "conv"
            num_output: 2
            kernelsize: 5
            blobs_lr: 1 blobs_lr: 2
            cropsize: 4 }
          bottom: "p" top: "c" }"""
    )
    inputs, conv = net.places
    assert [layer.name for layer in net.message.layer] == ["input", "conv"]
    assert (inputs.line, inputs.line_of("top[1]"), inputs.line_of("input_param.shape")) == (1, 1, 2)
    lines = {"convolution_param.num_output": 6, "convolution_param.kernel_size": 7, "name": 5}
    lines |= {"param[1].lr_mult": 8, "transform_param.crop_size": 9, "bottom": 10, "type": 5}
    for path, line in lines.items():
        assert conv.line_of(path) == line, path


def test_lines_survive_from_v1() -> None:
    net = read_net(
        """layers { type: DATA name: "d" top: "x"
          data_param {
            scale: 2
            source: "db" } }
        layers { type: INNER_PRODUCT name: "ip" bottom: "x" top: "y"
          param: "w"
          blob_share_mode: PERMISSIVE
          weight_decay: 0 }"""
    )
    data, ip = net.places
    assert data.line_of("transform_param.scale") == 3 and data.line_of("data_param.source") == 4
    assert ip.line_of("param.name") == 6 and ip.line_of("param[0].share_mode") == 7
    assert ip.line_of("param[0].decay_mult") == 8


def test_layers_of_deeplab_from_v1() -> None:
    text = """layers { name: "c" type: CONVOLUTION bottom: "x" top: "c" strict_dim: false }
    layers { name: "i" type: INTERP bottom: "c" top: "i" interp_param { zoom_factor: 8 } }
    layers { name: "a" type: SEG_ACCURACY bottom: "i" bottom: "y" top: "a"
             seg_accuracy_param { ignore_label: 255 } }
    layers { name: "m" type: MAT_WRITE bottom: "i" mat_write_param { prefix: "m/" } }"""
    net = read_net(text).message
    assert [layer.type for layer in net.layer] == [
        "Convolution",
        "Interp",
        "SegAccuracy",
        "MatWrite",
    ]
    assert net.layer[1].interp_param.zoom_factor == 8
    assert list(net.layer[2].seg_accuracy_param.ignore_label) == [255]
    # It tells whether shapes are checked, and changes no number.
    assert refuse_unserved(net.layer[0], ()) == ["LayerParameter.strict_dim"]


def test_changes_are_told() -> None:
    text = """layers { layer { name: "p" type: "padding" pad: 1 } bottom: "x" top: "p" }
    layers { layer { name: "c" type: "conv" pool: MAX num_output: 1 } bottom: "p" top: "c" }"""
    done = upgrade_net(*parse(text, pb.NetParameter))
    assert done.changes[0] == "padding layer 'p' folded into 'c'"
    assert done.losses[0] == "field pool dropped: layer 'c' (conv) has no use for it"
    assert not done.complete


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("layer { }\nlayers { type: RELU }", 2, "'layers' and new 'layer' in one net"),
        ("layers { }\nlayer { }", 2, "(lines 1 and 2)"),
        ("input: 'a'\ninput_dim: [1, 2]", 2, "1 inputs but 2 input_dim: give one input_shape"),
        ("input: ['a', 'b']\ninput_shape { }", 2, "2 inputs but 1 input_shape"),
        ("layers { layer { name: 'a'\ntype: 'relo' } }", 2, "unknown old type 'relo': did you"),
        (
            "layers { layer { type: 'padding' } bottom: 'x' top: 'p' }\n"
            "layers { layer { name: 'r' type: 'relu' } bottom: 'x'\nbottom: 'p' top: 'q' }",
            3,
            "layer 'r' (relu): reads the padding layer '', but is no conv or pool",
        ),
        ("layers {\nlayer { type: 'padding' } bottom: 'x' }", 1, "one bottom and one top"),
    ],
)
def test_what_cannot_be_upgraded(text: str, line: int, words: str) -> None:
    with pytest.raises(PrototxtError) as caught:
        read_net(text)
    assert caught.value.line == line
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [("ADAM", "Adam"), ("nesterov", "Nesterov"), ("RMSPROP", "RMSProp"), ("Lion", "Lion")],
)
def test_any_letter_case_of_a_solver(written: str, wanted: str) -> None:
    done = upgrade_solver(pb.SolverParameter(type=written))
    assert done.definition.message.type == wanted
    assert bool(done.changes) == (written != wanted)


def test_both_types_of_a_solver() -> None:
    with pytest.raises(PrototxtError, match=r"^<text>:2: both type and the old solver_type"):
        read_solver('type: "Adam"\nsolver_type: SGD')


def test_type_names() -> None:
    assert (v1_type_name(21), v1_type_name(0), v1_type_name(999)) == ("SoftmaxWithLoss", "", "")
    assert (v0_type_name("conv"), v0_type_name("mine")) == ("Convolution", "mine")


def test_what_is_left_out_is_a_loss() -> None:
    net = pb.NetParameter(layers=[pb.V1LayerParameter(type="RELU", name="r")])
    assert upgrade_net(net).complete
    net.layers[0].MergeFromString(b"\xfa\x7f\x01x")  # field 2047, which nobody has
    done = upgrade_net(net)
    assert done.losses == ["1 field of a fork dropped: layer 'r' (ReLU)"] and not done.complete
    old, _ = parse("layers { layer { name: 'a' type: 'relu' } blobs_lr: 2 }", pb.NetParameter)
    [loss] = upgrade_net(old).losses
    assert loss == "field blobs_lr dropped: it stands outside the inner layer 'a'"
