"""protonet convert net.prototxt [net.caffemodel] out.onnx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import onnx
import pytest

from protonet.cli.main import main
from protonet.core.registry import LAYERS
from protonet.export.onnx.registry import CONVERTERS, FIELDS
from protonet.net.net import Net

NET = """\
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 10 dim: 10 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { pool: AVE global_pooling: true } }
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    Net(tmp_path / "net.prototxt", seed=1).save(tmp_path / "net.caffemodel")
    return tmp_path / "net.prototxt"


def shape() -> list[int | str]:
    value = onnx.load("out.onnx").graph.input[0]
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


def test_prints_the_largest_differences(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "net.prototxt", "net.caffemodel", "out.onnx"]) == 0
    printed, errors = capsys.readouterr()
    head, *rows, told = printed.splitlines()
    assert head.split() == ["blob", "layer", "type", "difference", "relative"]
    assert sorted(row.split()[:3] for row in rows) == [
        ["conv", "relu", "ReLU"],
        ["conv@conv", "conv", "Convolution"],
        ["pool", "pool", "Pooling"],
    ]
    assert told.startswith("out.onnx: 3 blobs in 3 runs (data 1x3x10x10; ")
    assert not errors
    assert shape() == ["batch", 3, 10, 10]


def test_sizes_that_vary(net: Path) -> None:
    options = ["--shape", "data=n,3,h,w", "--opset", "18"]
    assert main(["convert", "net.prototxt", "net.caffemodel", "out.onnx", *options]) == 0
    assert shape() == ["n", 3, "h", "w"]
    assert onnx.load("out.onnx").opset_import[0].version == 18


def test_sizes_and_a_batch_that_do_not_vary(net: Path) -> None:
    options = ["--shape", "data=2,3,12,14", "--batch", "5"]
    assert main(["convert", "net.prototxt", "net.caffemodel", "out.onnx", *options]) == 0
    assert shape() == [2, 3, 12, 14]


def test_without_a_proof(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "net.prototxt", "net.caffemodel", "out.onnx", "--no-verify"]) == 0
    assert capsys.readouterr().out == "out.onnx: not verified\n"


def test_without_weights_says_so(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "net.prototxt", "out.onnx"]) == 0
    assert "warning: no weights are given: the model has the values of fillers" in (
        capsys.readouterr().err
    )


def test_half_precision_has_a_table_of_its_own(
    net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", "net.prototxt", "net.caffemodel", "out.onnx", "--fp16"]) == 0
    assert "\nin half precision:\nblob " in capsys.readouterr().out


def test_inputs_for_the_proof(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez("in.npz", data=np.full((1, 3, 10, 10), np.nan, np.float32))
    command = ["convert", "net.prototxt", "net.caffemodel", "out.onnx", "--inputs", "in.npz"]
    assert main(command) == 0
    Path("bad.npz").write_text("no archive")
    assert main([*command[:-1], "bad.npz"]) == 4
    assert "bad.npz: this is no .npz of NumPy" in capsys.readouterr().err


def test_eight_bits_by_a_net_that_reads_items(
    net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    with h5py.File("items.h5", "w") as file:
        file["data"] = rng.normal(size=(32, 3, 10, 10)).astype(np.float32)
        file["class"] = rng.integers(0, 4, 32).astype(np.float32)
    Path("items.txt").write_text("items.h5\n")
    Path("train.prototxt").write_text(
        'layer { name: "data" type: "HDF5Data" top: "data" top: "class"\n'
        '  hdf5_data_param { source: "items.txt" batch_size: 16 } }\n'
    )
    command = ["convert", "net.prototxt", "net.caffemodel", "out.onnx", "--int8"]
    assert main([*command, "train.prototxt", "--labels", "class"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("in 8 bits: 512 items: the same answer for ")
    assert " accuracy 0." in told
    assert main([*command, "net.prototxt"]) == 4
    assert "net.prototxt: the net reads no data to calibrate with" in capsys.readouterr().err


def test_refusals_have_lines(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'layer { name: "out" type: "HDF5Output" bottom: "pool" bottom: "conv"'
    text += ' hdf5_output_param { file_name: "x.h5" } }\n'
    net.write_text(NET + text)
    assert main(["convert", "net.prototxt", "net.caffemodel", "out.onnx"]) == 3
    assert capsys.readouterr().err == (
        "protonet: error: net.prototxt:8: layer 'out' (HDF5Output): "
        "ONNX has no operators for this type: take the layer out\n"
    )
    assert not Path("out.onnx").exists()


PLUGIN = """
import numpy as np
import protonet
import protonet.export

@protonet.register
class Double(protonet.Layer):
    type = "Double"

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        np.multiply(bottom[0].data, 2, out=top[0].data)
"""
TAUGHT = """
@protonet.export.converter("Double")
def double(op):
    return op.node("Mul", op.bottom[0], 2.0)
"""


@pytest.fixture
def clean() -> Iterator[None]:
    """What the plugin registers is gone afterwards."""
    yield
    for table in (LAYERS._items, CONVERTERS._items, FIELDS):
        table.pop("Double", None)


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("taught", [False, True])
def test_a_plugin_may_teach_a_layer_of_its_own(
    net: Path, capsys: pytest.CaptureFixture[str], taught: bool
) -> None:
    net.write_text(NET + 'layer { name: "two" type: "Double" bottom: "pool" top: "two" }\n')
    plugin = f"double_{taught}.py"  # a module is loaded once
    Path(plugin).write_text(PLUGIN + TAUGHT * taught)
    command = ["convert", "net.prototxt", "net.caffemodel", "out.onnx", "--plugin", plugin]
    assert main(command) == (0 if taught else 3)
    printed, errors = capsys.readouterr()
    if taught:
        assert "two        two    Double" in printed
    else:
        assert "(Double): ONNX has no operators for this type: teach it: protonet.exp" in errors


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--batch", "0"], "'0' is neither 'dynamic' nor a number above 0"),
        (["--shape", "data=1,3,?"], "'data=1,3,?' is no name with numbers above 0 or words"),
        (["--shape", "data=n,3"], "'data' has 4 axes, 2 sizes are given"),
        (["--shape", "image=n,3,h,w"], "the net has no input 'image': it has data"),
        (["--opset", "7"], "opset is 7: give 13 to"),
    ],
)
def test_options_that_cannot_be(
    net: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    command = ["convert", "net.prototxt", "net.caffemodel", "out.onnx", *options]
    try:
        code = main(command)
    except SystemExit as end:
        code = int(end.code or 0)
    assert code in (2, 3)
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
