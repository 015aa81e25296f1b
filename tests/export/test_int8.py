"""Models in numbers of 8 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from protonet import Net, export
from protonet.cli.main import main
from protonet.errors import DataError, NetError
from protonet.export.onnx.int8 import quantise

NET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 6 dim: 6 } } }
layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param {
  num_output: 8 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
layer { name: "ip" type: "InnerProduct" bottom: "c" top: "y" inner_product_param {
  num_output: 4 weight_filler { type: "xavier" } } }
"""


@pytest.fixture
def items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """Items, labelled with what the net says of them; and its model, in the current folder."""
    monkeypatch.chdir(tmp_path)
    net = Net(NET, seed=1)
    x = np.random.default_rng(0).normal(size=(40, 3, 6, 6)).astype(np.float32)
    export.onnx(net, "net.onnx", verify=False)
    return {"x": x, "label": net.predict(x).argmax(axis=1).astype(np.float32)}


def test_products_of_whole_numbers_that_answer_the_same(items: dict[str, np.ndarray]) -> None:
    done = quantise("net.onnx", "net8.onnx", {"x": items["x"]}, items["label"])
    assert done.items == 40 and done.accuracy is not None and done.accuracy[0] == 1
    assert done.accuracy[1] == done.agreement >= 0.9
    model = onnx.load("net8.onnx")
    assert onnx.TensorProto.INT8 in {tensor.data_type for tensor in model.graph.initializer}
    assert "QuantizeLinear" in {node.op_type for node in model.graph.node}


def test_at_the_command_line(
    items: dict[str, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez("items.npz", **items)
    assert main(["convert", "net.onnx", "net8.onnx", "--int8", "items.npz"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("net8.onnx: 40 items: the same answer for ")
    assert "accuracy 1.0000 before and " in out
    assert main(["convert", "net.onnx", "net9.onnx"]) == 2
    assert "goes with --int8" in capsys.readouterr().err and not Path("net9.onnx").exists()


def test_refusals(items: dict[str, np.ndarray]) -> None:
    x = items["x"]
    for given, labels, message in (
        ({"data": x}, None, "there are no items for 'x': there are: data"),
        ({"x": x[:, :2]}, None, r"items for 'x' are \(2, 6, 6\), the model takes \[3, 6, 6\]"),
        ({"x": x[:0]}, None, "there are 0 items"),
        ({"x": x}, items["label"][:3], "there are 3 labels for 40 items"),
    ):
        with pytest.raises(DataError, match=message):
            quantise("net.onnx", "net8.onnx", given, labels)
    Path("bad.onnx").write_bytes(b"\0")
    with pytest.raises(NetError, match=r"bad\.onnx: onnxruntime does not take the model"):
        quantise("bad.onnx", "net8.onnx", {"x": x})
    assert not Path("net8.onnx").exists()
