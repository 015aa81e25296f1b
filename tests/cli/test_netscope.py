"""protonet netscope at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.cli.main import main
from tests.viz.netscope.reader import read, shown

NET = """layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [2, 3] } } }
layer { name: "y" type: "Tile" bottom: "x" top: "y" tile_param { tiles: 2 } }
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.prototxt").write_text(NET)


def test_to_a_file(net, capsys):
    assert main(["netscope", "net.prototxt", "-o", "look.prototxt"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "look.prototxt: lists spelled out: 1",
        "look.prototxt: 'y' (Tile): is 'Tile (like Scale)', of shape 2x6",
        "look.prototxt: it is to be looked at in Netscope: Caffe does not know its types",
    ]
    assert [layer["name"] for layer in shown(read(Path("look.prototxt").read_text()))] == [
        "x",
        "2x6 of y",
        "y",
    ]


def test_to_the_standard_output(net, capsys):
    """The net alone is there; what is told goes elsewhere."""
    assert main(["netscope", "net.prototxt", "--keep-types"]) == 0
    captured = capsys.readouterr()
    assert shown(read(captured.out))[1]["type"] == "Tile"
    assert "lists spelled out" in captured.err
    assert "warning: net.prototxt: 'y' (Tile): Netscope does not know the type" in captured.err


def test_a_model_of_ours_is_fine_already(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["netscope", "lenet", "-o", "l.prototxt"]) == 0
    assert "reads it as it is" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["net.prototxt", "-o", "net.prototxt"], 2, "give --out another name"),
        (["none.prototxt"], 3, "no such file"),
        (["net.prototxt", "--phase", "BOTH"], 2, "invalid choice"),
    ],
)
def test_what_is_refused(net, capsys, args, code, words):
    try:
        assert main(["netscope", *args]) == code
    except SystemExit as end:
        assert end.code == code
    assert words in capsys.readouterr().err
