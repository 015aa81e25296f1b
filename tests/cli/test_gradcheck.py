"""protonet gradcheck: the table, the JSON and the exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from protonet.cli.main import main
from protonet.core import registry

PLUGIN = '''\
import numpy as np
from protonet import Layer, register

@register
class Thrice(Layer):
    """Three times as much, and a gradient of two."""
    type = "Thrice"
    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)
    def forward(self, bottom, top):
        np.multiply(bottom[0].data, 3, out=top[0].data)
    def backward(self, top, propagate_down, bottom):
        np.multiply(top[0].diff, 2, out=bottom[0].diff)
'''


@pytest.fixture
def wrong(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arguments for a net with a wrong layer in it."""
    monkeypatch.setattr(registry.LAYERS, "_items", dict(registry.LAYERS._items))
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tiny / "thrice.py").write_text(PLUGIN)
    text = (
        (tiny / "net.prototxt")
        .read_text()
        .replace('bottom: "p" bottom: "y"', 'bottom: "q" bottom: "y"')
    )
    (tiny / "wrong.prototxt").write_text(
        text.replace(
            'layer { name: "loss"',
            'layer { name: "t" type: "Thrice" bottom: "p" top: "q" }\nlayer { name: "loss"',
        )
    )
    return ["gradcheck", "wrong.prototxt", "--plugin", str(tiny / "thrice.py")]


@pytest.mark.usefixtures("tiny")
def test_a_table_of_right_gradients(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradcheck", "net.prototxt"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["layer", "type", "gradient", "shape", "alone", "error"]
    rows = [line.split() for line in lines if "[" in line]
    assert rows[0][:5] == ["ip", "InnerProduct", "bottom[0]", "8x5", "12"]
    assert rows[1][:3] == ["blobs[0]", "1x5", "all"]
    assert all(float(row[-1]) < 1e-6 for row in rows)
    assert "5 gradients, wrong in no layer" in lines[-2]
    assert "drawn at random" in lines[-1]
    assert max(map(len, lines)) <= 90


def test_a_wrong_gradient_is_an_exit_code(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(wrong) == 1
    out = capsys.readouterr().out
    (row,) = (line for line in out.splitlines() if line.endswith("  WRONG"))
    assert row.split()[:2] == ["t", "Thrice"] and float(row.split()[-2]) == pytest.approx(
        1 / 3, 0.02
    )
    assert "layer 't' (Thrice): bottom[0] at " in out and "wrong in 1 layer:" in out
    assert main([*wrong, "--layer", "ip"]) == 0
    assert main([*wrong, "--tolerance", "0.5"]) == 0


def test_json(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*wrong, "--layer", "t", "--json", "--singles", "2"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["layer"], found["type"], found["passes"]) == ("t", "Thrice", False)
    (gradient,) = found["gradients"]
    assert (gradient["of"], gradient["blob"]) == ("bottom[0]", "p")
    assert (gradient["shape"], gradient["values"], gradient["moved_alone"]) == ([8, 1], 8, 2)
    assert gradient["backward"] / gradient["differences"] == pytest.approx(2 / 3, rel=1e-6)


@pytest.mark.usefixtures("tiny")
def test_an_unknown_layer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradcheck", "net.prototxt", "--layer", "pi"]) == 3
    assert "no layer is called 'pi'" in capsys.readouterr().err


def test_a_net_without_layers_is_no_net_without_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.prototxt").write_text("")
    assert main(["gradcheck", str(tmp_path / "empty.prototxt")]) == 3
    shown = capsys.readouterr()
    assert shown.out == "" and "empty.prototxt: the net has no layers in this state" in shown.err
