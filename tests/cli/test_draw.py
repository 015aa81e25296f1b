"""protonet draw: files, states, shapes, and what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from protonet.cli.main import main
from tests.viz.nets import inception

NET = """name: "tiny"
layer { name: "data" type: "HDF5Data" top: "x"
  hdf5_data_param { source: "none.txt" batch_size: 4 } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 3 } }
layer { name: "tanh" type: "TanH" bottom: "ip" top: "ip" include { phase: TRAIN } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" include { phase: TEST stage: "use" } }
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    return path


def drawn(net: Path, *words: str) -> str:
    out = net.with_suffix(".dot")
    assert main(["draw", str(net), str(out), *words]) == 0
    return out.read_text()


def test_a_model_of_ours(tmp_path, capsys):
    out = tmp_path / "lenet.svg"
    assert main(["draw", "lenet", str(out)]) == 0
    assert ">64x20x24x24<" in out.read_text() and capsys.readouterr() == ("", "")


def test_phase_level_and_stage(net):
    train = drawn(net, "--phase", "TRAIN")
    assert r"\ntanh\nTanH" in train and "Softmax" not in train
    test = drawn(net, "--phase", "TEST", "--stage", "use")
    assert "tanh" not in test and "Softmax" in test


def test_shapes_from_the_command_line(net):
    assert "?" in drawn(net)
    text = drawn(net, "--shape", "x=4,5")
    assert '"x: 4x5"' in text and '"4x3"' in text and "?" not in text


def test_unfolded(net):
    assert "c3" not in drawn(net, "--phase", "TRAIN").replace("c3f0", "")
    assert "c2 [" in drawn(net, "--phase", "TRAIN", "--unfold")


def test_an_ending_that_is_no_picture(net, capsys):
    assert main(["draw", str(net), "net.jpg"]) == 2
    assert "net.jpg: the name of a drawing ends in one of .svg, .png" in capsys.readouterr().err
    assert main(["draw", str(net), "svg"]) == 2


def test_a_folder_that_is_not_there(net, tmp_path, capsys):
    assert main(["draw", str(net), str(tmp_path / "none" / "x.svg")]) == 3
    assert "none" in capsys.readouterr().err


INPUT = 'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: [1, 3, 8, 8] } } }\n'


def test_faults_are_told_beside_the_picture(tmp_path, capsys):
    path, out = tmp_path / "net.prototxt", tmp_path / "net.svg"
    path.write_text(
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "d" top: "c" '
        "convolution_param { kernel_size: 3 } }"
    )
    assert main(["draw", str(path), str(out)]) == 3
    said = capsys.readouterr().err
    assert "layer 'c' (Convolution): num_output is missing" in said and "no effect" not in said
    text = out.read_text()
    assert ">?<" in text and "#ffd0c7" in text  # a convolution none the less


def test_a_type_that_nobody_knows_has_a_red_frame(tmp_path, capsys):
    path, out = tmp_path / "net.prototxt", tmp_path / "net.svg"
    path.write_text(INPUT + 'layer { name: "g" type: "HyperColumn" bottom: "d" top: "g" }')
    assert main(["draw", str(path), str(out)]) == 0
    assert "unknown type 'HyperColumn'" in capsys.readouterr().err
    assert ">HyperColumn<" in out.read_text() and "#c00000" in out.read_text()


def test_blocks_as_boxes(tmp_path, capsys):
    net, out = tmp_path / "net.prototxt", tmp_path / "net.dot"
    net.write_text(inception(2))
    for words, boxes in (([], 17), (["--collapse"], 3), (["--block", "inception_1"], 10)):
        assert main(["draw", str(net), str(out), *words]) == 0
        assert len(re.findall(r"^ *c\d+ \[", out.read_text(), re.MULTILINE)) == boxes
    assert main(["draw", str(net), str(out), "--block", "none"]) == 3
    assert "its blocks are inception_0, inception_1" in capsys.readouterr().err
