"""protonet test: per-batch lines, means, JSON."""

from __future__ import annotations

import json

import pytest

from protonet import Net
from protonet.cli.main import main
from tests.cli.test_train import messages


@pytest.fixture
def model(tiny):
    # A net whose outputs are known: x is 2 everywhere, y counts nothing.
    (tiny / "known.prototxt").write_text(
        'layer { name: "in" type: "DummyData" top: "x" dummy_data_param { shape { dim: 1 dim: 2 } '
        'data_filler { value: 2 } } }\nlayer { name: "ip" type: "InnerProduct" bottom: "x" '
        'top: "p" inner_product_param { num_output: 2 weight_filler { type: "constant" '
        'value: 0.5 } } }\nlayer { name: "sum" type: "Reduction" bottom: "p" top: "total" '
        "loss_weight: 3 }\n"
        'layer { name: "more" type: "Power" bottom: "x" top: "double" power_param { scale: 2 } }\n'
    )
    Net("known.prototxt").save("known.caffemodel")
    return tiny


def test_lines_are_caffes(model, capsys):
    args = ["-model", "known.prototxt", "-weights=known.caffemodel", "-iterations", "2"]
    assert main(["test", *args]) == 0
    lines = messages(capsys.readouterr().err)
    start = lines.index("Running for 2 iterations.")
    batch = [f"Batch {i}, {x}" for i in (0, 1) for x in ("double = 4", "double = 4", "total = 4")]
    assert lines[start + 1 :] == [
        *batch,
        "Loss: 12",
        "double = 4",
        "double = 4",
        "total = 4 (* 3 = 12 loss)",
    ]


def test_json(model, capsys):
    args = ["known.prototxt", "known.caffemodel", "--iterations=3", "--json", "--quiet"]
    assert main(["test", *args]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    result = json.loads(captured.out)
    assert (result["loss"], result["iterations"]) == (12.0, 3)
    assert result["outputs"] == {"double": [4.0, 4.0], "total": 4.0}


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["known.prototxt"], 2, "WEIGHTS is missing"),
        (["-weights", "known.caffemodel"], 2, "MODEL is missing"),
        (["known.prototxt", "nothing.caffemodel"], 3, "nothing.caffemodel"),
        (["known.prototxt", "empty.caffemodel"], 3, "empty"),
        (["net.prototxt", "known.caffemodel"], 3, "(2, 2)"),
    ],
)
def test_what_is_refused(model, capsys, args, code, words):
    (model / "empty.caffemodel").write_bytes(b"")
    assert main(["test", *args]) == code
    assert words in capsys.readouterr().err
