"""protonet summary: shapes from the command line, the phase that has the data, weight files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from protonet import Net
from protonet.cli.main import main

NET = """name: "tiny"
layer { name: "data" type: "HDF5Data" top: "x" top: "t" %s
  hdf5_data_param { source: "none.txt" batch_size: 4 } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 3 } }
layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.prototxt"
    path.write_text(NET % "")
    return path


def test_shapes_make_the_table_whole(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(file), "--json", "--shape", "x=4,5", "--shape=t=4,3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["shapes"] for row in found["layers"]] == [[[4, 5], [4, 3]], [[4, 3]], [[]]]
    assert found["parameters"] == 5 * 3 + 3


def test_without_them_the_layers_are_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(file), "--shape", "x=4,5"]) == 0
    out, err = capsys.readouterr()
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line[0] != "-"}
    assert rows["data"][4:6] == ["4x5", "?"] and rows["ip"][4:6] == ["4x3", "18"]
    assert rows["loss"][5:] == ["?"] * 4
    assert rows["the"][:5] == ["the", "totals", "are", "without", "2"]
    assert "--shape t=4,..." in err


@pytest.mark.parametrize("text", ["x", "x=a", "=3", "x=3,0", "x=3,,4", "x=-1", "x=3x4"])
def test_what_is_no_shape(text: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["summary", str(file), "--shape", text])
    assert ended.value.code == 2
    assert "as in data=64,3,32,32" in capsys.readouterr().err


def test_the_phase_that_has_the_data_is_taken(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = ["--shape", "x=4,5", "--shape", "t=4,3"]
    file.write_text(NET % "include { phase: TRAIN }")
    assert main(["summary", str(file), *shapes]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("tiny (TRAIN)") and "in phase TRAIN only" in err
    assert main(["summary", "--phase", "TEST", str(file), *shapes]) == 3
    assert "they want phase TRAIN: use --phase TRAIN (Net(..., phase=protonet.TRAIN))" in (
        capsys.readouterr().err
    )
    file.write_text(NET % "include { phase: TEST }")
    assert main(["summary", str(file), *shapes]) == 0
    assert capsys.readouterr().out.startswith("tiny (TEST)")


@pytest.mark.parametrize("name", ["w.caffemodel", "w.caffemodel.h5", "w.npz"])
def test_what_weights_hold(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = Net(
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 1 dim: 5 } } }'
        'layer { name: "r" type: "ReLU" bottom: "x" top: "r" }'
        'layer { name: "ip" type: "InnerProduct" bottom: "r" top: "y" '
        "inner_product_param { num_output: 3 } }"
    )
    path = str(tmp_path / name)
    if name.endswith("npz"):
        net.save_npz(path)
    else:
        net.save(path)
    assert main(["summary", path, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["shapes"]) for row in found["layers"]] == [("ip", [[3, 5], [3]])]
    assert (found["parameters"], found["memory"]) == (18, 72)
    assert main(["summary", path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == path and "3x5 3" in lines[4] and lines[-1].split()[-3:] == ["18", "72", "B"]


def test_weights_that_are_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "none.caffemodel"]) == 3
    assert "no such file" in capsys.readouterr().err


def test_an_unknown_type_is_told_and_not_its_parameter(tmp_path, capsys):
    file = tmp_path / "net.prototxt"
    file.write_text("""layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 2 } } }
layer { name: "g" type: "HyperColumn" bottom: "d" top: "g"
  hyper_column_param { points: 3 } }""")
    assert main(["summary", str(file)]) == 3
    said = capsys.readouterr().err
    assert f"{file}:2: layer 'g' (HyperColumn): unknown type 'HyperColumn'" in said
    assert "hyper_column_param" not in said
