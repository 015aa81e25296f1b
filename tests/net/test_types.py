"""Types that nobody knows are told together, and before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.core import fillers
from protonet.errors import NetError, ProtonetError

NET = """layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "turn" type: "Turn" bottom: "ip" top: "turn" %s }
layer { name: "dw" type: "MaskRCNNProposal" bottom: "turn" top: "dw" }
layer { name: "turn2" type: "Turn" bottom: "dw" top: "out" }
"""

SHAPED = NET.splitlines(keepends=True)[0]
RELU = 'layer { name: "r" type: "ReLU" bottom: "x" top: "r" }'


def test_all_types_before_any_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a weight was drawn")

    monkeypatch.setattr(fillers, "fill", never)
    with pytest.raises(NetError) as caught:
        Net(NET % "")
    assert [(e.line, e.layer, e.layer_type) for e in caught.value.all] == [
        (4, "turn", "Turn"),
        (5, "dw", "MaskRCNNProposal"),
        (6, "turn2", "Turn"),
    ]
    first, second, third = str(caught.value).splitlines()
    assert first.startswith("<text>:4: layer 'turn' (Turn): unknown type 'Turn': Caffe 1.0 has no")
    assert "of a fork" in second and third.endswith("unknown type 'Turn'")


def test_a_parameter_of_an_unknown_type_is_no_fault_of_its_own() -> None:
    with pytest.raises(ProtonetError) as caught:
        Net(NET % "turn_param { angle: 90 } relu_param { slope: 1 }")
    assert [(e.line, e.layer) for e in caught.value.all] == [
        (4, "turn"),
        (4, "turn"),
        (5, "dw"),
        (6, "turn2"),
    ]
    assert "unknown type 'Turn'" in str(caught.value) and "turn_param" not in str(caught.value)
    assert "ReLUParameter has no field 'slope'" in str(caught.value)


def test_the_command_line_prints_them_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(NET % "")
    assert main(["time", str(path)]) == 3
    _, *lines = capsys.readouterr().err.splitlines()  # behind the log's "Use CPU."
    assert len(lines) == 3 and lines[0].startswith("protonet: error: ")
    assert [f":{n}: " in line for n, line in zip((4, 5, 6), lines)] == [True] * 3


def test_an_input_without_a_shape_is_told_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('name: "n"\ninput: "y"\ninput: "x"\n' + RELU)
    with pytest.raises(NetError, match=r"net.prototxt:3: input 'x' has no shape: add input_shape"):
        Net(path)
    path.write_text('input: "y"\n' + SHAPED + RELU)  # nobody reads y
    assert Net(path).outputs == ["r"]
