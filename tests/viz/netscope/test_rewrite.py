"""Nets written for Netscope: read by a reader as strict, and the same to Caffe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from protonet.core.context import TEST, TRAIN
from protonet.errors import PrototxtError
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from protonet.viz.netscope import rewrite
from tests.viz.netscope.reader import read, shapes, shown

TESTS = Path(__file__).parents[2]
MODELS = TESTS.parent / "models"

#: Each way to write a value that Netscope does not read, and a plain one.
SPELLINGS = [
    ("std: .5", "std: 0.5"),
    ("std: 5.", "std: 5"),
    ("std: 2.5f", "std: 2.5"),
    ("std: - 1", "std: -1"),
    ("std: 1e-3;", "std: 1e-3"),
    ("std: 0.25, sparse: 0x1F", "std: 0.25 sparse: 31"),
    ("sparse: 017", "sparse: 15"),
    ("variance_norm: 1", "variance_norm: FAN_OUT"),
    ('type: "gau" \'ss\'\n "ian"', 'type: "gaussian"'),
    (r'type: "\x67auss\151an\?"', 'type: "gaussian?"'),
    (r'type: "a\a\v"', 'type: "a??"'),
    ('type: "a\tb"', r'type: "a\tb"'),
    ('type: "\U0001d11e"', 'type: "?"'),
    (r"""type: 'it\'s "q"' """, r"""type: 'it\'s "q"' """),
]


def net_with(filler: str) -> str:
    return (
        'layer { name: "c" type: "Convolution" bottom: "x" top: "c" '
        f"convolution_param {{ num_output: 1 kernel_size: 1 weight_filler {{ {filler} }} }} }}"
    )


INPUT = (
    'layer { name: "x" type: "Input" top: "x" '
    "input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }\n"
)


@pytest.mark.parametrize(("odd", "plain"), SPELLINGS)
def test_values(odd, plain):
    done = rewrite(INPUT + net_with(odd))
    assert done.same and bool(done.changes) == (odd != plain)
    (_, conv) = shown(read(done.text))
    (_, want) = shown(read(INPUT + net_with(plain)))
    assert conv == want


STRUCTURE = """# The head.
force_backward: t
layer < name: "x" type: "Input" top: "x", input_param: { shape { dim: [2, 3, 8, 8] } } >
layer # below
{ name # its name
  : # is
  "c" type: "Convolution" bottom: "x" top: "c"  # in its line
  param: [{lr_mult: 1}, {lr_mult: 2}] propagate_down: [true]
  convolution_param { num_output: 4 kernel_size: [3, # high
    5] pad: [] bias_term: f } }
\f# The last.
name: "odd"
"""


def test_structure_and_comments():
    done = rewrite(STRUCTURE)
    assert done.same and not done.left
    net = read(done.text)
    assert [*net][:2] == ["name", "force_backward"]
    _, conv = shown(net)
    assert conv["param"] == [{"lr_mult": 1}, {"lr_mult": 2}]
    assert conv["convolution_param"] == {
        "num_output": 4,
        "kernel_size": [3, 5],
        "bias_term": "false",
    }
    assert parse(done.text, pb.NetParameter)[0] == parse(STRUCTURE, pb.NetParameter)[0]
    comments = re.findall("# ?(.*)", STRUCTURE)
    assert sorted(re.findall("# ?(.*)", done.text)) == sorted(comments)
    # Who reads it again has nothing to change.
    assert rewrite(done.text).text == done.text and rewrite(done.text).changes == []


def test_what_is_plain_stays_byte_for_byte():
    text = (MODELS / "lenet.prototxt").read_text()
    done = rewrite(MODELS / "lenet.prototxt")
    assert (done.text, done.changes, done.same) == (text, [], True)


@pytest.mark.parametrize(
    "name", ["v1_every_param", "v1_input_dim", "v1_data_transform", "v0_padding"]
)
def test_layers_of_2014(name):
    """As Caffe's own tool upgrades them."""
    folder = TESTS / "conformance" / "upgrade" / name
    done = rewrite(folder / "old.prototxt", keep_types=True)
    read(done.text)
    want = parse((folder / "upgraded.prototxt").read_text(), pb.NetParameter)[0]
    got = parse(done.text, pb.NetParameter)[0]
    assert [layer.type for layer in got.layer] == [layer.type for layer in want.layer]
    assert [[*x.bottom, *x.top] for x in got.layer] == [[*x.bottom, *x.top] for x in want.layer]


def test_comments_of_2014():
    text = (
        "# The head.\nname: 'old'\ninput: 'x' input_dim: 1 input_dim: 1 input_dim: 4 input_dim: 4\n"
        "# It bends.\nlayers { name: 'r' type: RELU bottom: 'x' top: 'r' }\n"
    )
    done = rewrite(text)
    assert re.search('# It bends.\nlayer {\n +name: "r"', done.text)
    assert done.text.startswith("# The head.\n")


def test_each_input_gets_a_layer():
    text = (
        'layer { name: "in" type: "Input" top: "a" top: "b" '
        "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }"
    )
    done = rewrite(text)
    assert done.same
    assert shapes(read(done.text)) == {"a": [2, 3], "b": [2]}
    assert {n: b.shape for n, b in Net(done.text).blobs.items()} == {"a": (2, 3), "b": (2,)}


RULES = [
    ("", "both"),
    ("include { phase: TRAIN }", "TRAIN"),
    ("include { phase: 0 }", "TRAIN"),
    ("exclude { phase: TEST }", "TRAIN"),
    ("exclude { phase: 0 }", "TEST"),
    ("include { phase: TRAIN } include { phase: TEST }", "both"),
    ('include { stage: "s" }', "none"),
    ('include { phase: TEST } include { stage: "s" phase: TRAIN }', "TEST"),
    ("include { min_level: 1 }", "none"),
    ('exclude { stage: "s" }', "both"),
]


@pytest.mark.parametrize(("rules", "where"), RULES)
def test_rules(rules, where):
    text = INPUT + f'layer {{ name: "r" type: "ReLU" bottom: "x" top: "x" {rules} }}'
    for phase, states in ((None, "both"), (TRAIN, "TRAIN"), (TEST, "TEST")):
        done = rewrite(text, phase=phase)
        if phase is None:
            for each, name in ((TRAIN, "TRAIN"), (TEST, "TEST")):
                assert ("r" in Net(done.text, phase=each).layer_names) == (where in ("both", name))
            shown(read(done.text))  # the rules that are left are those of Netscope
        else:
            there = where in ("both", states)
            assert ('"r"' in done.text) == there and "include" not in done.text


def test_names_that_a_page_cannot_show():
    text = INPUT.replace('top: "x"', 'top: "constructor"') + (
        'layer { name: "a<b>" type: "ReLU" bottom: "constructor" top: "c&d" }'
        'layer { name: "r" type: "ReLU" bottom: "c&d" top: "c&d" }'
        'layer { name: "r" type: "TanH" bottom: "c&d" top: "c_d" }'
        'layer { type: "ReLU" bottom: "c_d" top: "e" }'
    )
    done = rewrite(text)
    layers = shown(read(done.text))
    assert [layer["name"] for layer in layers] == ["x", "a_b_", "r", "r_2", "e"]
    # Two blobs stay two.
    assert [layer["top"] for layer in layers] == ["constructor_", "c_d_2", "c_d_2", "c_d", "e"]


TYPES = [
    ("Clip", "clip_param { min: 0 max: 1 }", "Clip (like Scale)", [2, 3, 8, 8]),
    ("Flatten", "", "Flatten (like Scale)", [2, 192]),
    ("Reduction", "", "Reduction (like Loss)", [1]),
    (
        "Permute",
        "permute_param { order: 0 order: 2 order: 3 order: 1 }",
        "Permute (like Scale)",
        [2, 8, 8, 3],
    ),
]


@pytest.mark.parametrize(("type", "fields", "written", "shape"), TYPES)
def test_types_that_netscope_does_not_know(type, fields, written, shape):
    text = INPUT + f'layer {{ name: "y" type: "{type}" bottom: "x" top: "y" {fields} }}'
    done = rewrite(text)
    net = read(done.text)
    assert shown(net)[-1]["type"] == written
    assert shapes(net)["y"] == shape and not done.same
    assert "to be looked at in Netscope only" in done.text.splitlines()[0]
    kept = rewrite(text, keep_types=True)
    assert kept.same and f'type: "{type}"' in kept.text
    assert kept.left == [f"'y' ({type}): Netscope does not know the type: no shapes from here on"]


def test_tops_of_other_shapes_than_the_bottoms():
    text = INPUT + (
        'layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" '
        "slice_param { slice_point: 1 } }"
        'layer { name: "end" type: "Silence" bottom: "a" }'
    )
    found = shapes(read(rewrite(text).text))
    assert (found["a"], found["b"]) == ([2, 1, 8, 8], [2, 2, 8, 8])


def test_sources_say_their_shapes():
    filler = 'data_filler { type: "constant" }'
    text = (
        'layer { name: "d" type: "DummyData" top: "d" top: "l" '
        f"dummy_data_param {{ shape {{ dim: 4 dim: 3 }} shape {{ dim: 4 }} {filler} }} }}"
        'layer { name: "m" type: "DummyData" top: "m" top: "n" '
        f"dummy_data_param {{ shape {{ dim: 4 dim: 3 }} shape {{ dim: 4 dim: 1 }} {filler} }} }}"
    )
    done = rewrite(text)
    assert shapes(read(done.text)) == {"d": [4, 3], "l": [4], "m": [4, 3], "n": [4, 1]}
    lmdb = 'layer { name: "d" type: "Data" top: "d" data_param { source: "none" batch_size: 4 } }'
    assert "--shape" in rewrite(lmdb).left[0]
    assert shapes(read(rewrite(lmdb, shapes={"d": (4, 1, 2, 2)}).text)) == {"d": [4, 1, 2, 2]}


def test_values_that_netscope_misreads():
    text = INPUT + (
        'layer { name: "p" type: "Pooling" bottom: "x" top: "p" '
        "pooling_param { pool: 0 kernel_size: 2 global_pooling: false } }"
        'layer { name: "k" type: "Concat" bottom: "p" bottom: "p" top: "k" '
        "concat_param { axis: -3 } }"
        'layer { name: "g" type: "Crop" bottom: "x" bottom: "k" top: "g" crop_param { offset: 0 } }'
        'layer { name: "w" type: "DepthwiseConvolution" bottom: "x" top: "w" '
        "convolution_param { num_output: 3 kernel_size: 3 } }"
    )
    done = rewrite(text)
    _, pool, concat, crop, depthwise = shown(read(done.text))
    assert pool["pooling_param"] == {"pool": "MAX", "kernel_size": 2}
    assert concat["concat_param"] == {"axis": 1}
    assert crop["crop_param"]["axis"] == 2
    assert depthwise["type"] == "Convolution" and depthwise["convolution_param"]["group"] == 3
    assert done.same
    same = Net(done.text, seed=1)
    assert [b.shape for b in same.blobs.values()] == [b.shape for b in Net(text).blobs.values()]


FORKS = sorted((TESTS / "conformance" / "forks" / "nets").glob("*/net.prototxt"))
NETS = sorted((TESTS / "conformance" / "nets").glob("*/net.prototxt"))


@pytest.mark.parametrize("path", [*FORKS, *NETS], ids=lambda path: path.parent.name)
def test_nets_of_forks(path):
    """Nothing is left that Netscope would warn of; layers and wires are those of the net."""
    done = rewrite(path)
    assert not done.left
    net = read(done.text)
    want = Net(path, phase=TRAIN, open_data=False, partial=True)
    there = {layer["name"]: layer for layer in shown(net)}
    for step in want.steps:
        if not step.layer.name.endswith("_split"):
            tops = there[step.layer.name].get("top", [])
            assert (tops if isinstance(tops, list) else [tops]) in (
                [*step.top_names],
                step.top_names[:1],
            )


def test_every_model_can_be_shown():
    for path in sorted(MODELS.glob("*.prototxt")):
        if "solver" not in path.name:
            done = rewrite(path)
            assert not done.left, path.name
            assert done.same or path.name.startswith("ssd_digits"), path.name
            shown(read(done.text))


def test_what_is_no_net():
    with pytest.raises(PrototxtError):
        rewrite(MODELS / "lenet_solver.prototxt")
