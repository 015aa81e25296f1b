"""protonet weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.proto.weights import read_weights

NET = """\
# ours
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 6 dim: 6 } } }
layer { name: "a_rather_long_name/of_a_convolution/with_parts" type: "Convolution" bottom: "x"
  top: "c" convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" }
layer { name: "fc" type: "InnerProduct" bottom: "c" top: "y"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
"""
CONV = "a_rather_long_name/of_a_convolution/with_parts"


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Net:
    """A net, and its files in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("net.prototxt").write_text(NET)
    net = Net(NET, seed=1)
    for name, values in (("bn", (0.5, 2.0, 1.0)), ("fc", (None, 0.25))):
        for blob, value in zip(net.params[name], values):
            if value is not None:
                blob.data[...] = value
    net.save("w.caffemodel")
    return net


def words(*args: str) -> int:
    return main(["weights", *args])


def test_list_and_stats(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    net.save("w.safetensors")
    for action in ("list", "stats"):
        assert words(action, "w.caffemodel", "w.safetensors") == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        assert out.count("total: 3 layers, 251 parameters, 1004 B") == 2
        assert out.count(CONV[-9:]) == 2
        assert words(action, "w.caffemodel", "--full") == 0
        assert CONV in capsys.readouterr().out
    assert words("list", "w.caffemodel", "--json") == 0
    (layers,) = json.loads(capsys.readouterr().out).values()
    assert layers[0] == {
        "name": CONV,
        "type": "Convolution",
        "blobs": [{"shape": [4, 3, 3, 3], "dtype": "float32"}, {"shape": [4], "dtype": "float32"}],
    }
    assert words("stats", "w.caffemodel", "--json") == 0
    found = json.loads(capsys.readouterr().out)["w.caffemodel"]
    assert found["parameters"] == 251 and found["layers"][1]["statistics"][1]["mean"] == 2


def test_get_and_set(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    assert words("get", "w.caffemodel", "bn/2") == 0
    assert capsys.readouterr().out == "bn/2 (1,) float32\n[1.]\n"
    assert words("get", "w.caffemodel", f"{CONV}/0", "-o", "c.npy") == 0
    assert (np.load("c.npy") == net.params[CONV][0].data).all()
    np.save("new.npy", np.arange(4))
    assert words("set", "w.caffemodel", "bn/0", "new.npy", "-o", "w.caffemodel") == 0
    assert words("set", "w.caffemodel", "bn/1", "-2.5", "-o", "w.caffemodel") == 0
    assert words("get", "w.caffemodel", "bn/0", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [0, 1, 2, 3]
    (bn,) = (layer for layer in read_weights("w.caffemodel") if layer.name == "bn")
    assert bn.type == "BatchNorm" and bn.blobs[1].tolist() == [-2.5] * 4


def test_hash_and_diff(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    net.save("w.h5")
    assert words("hash", "w.caffemodel", "w.h5") == 0
    first, second = (line.split() for line in capsys.readouterr().out.splitlines())
    assert first[0] == second[0] and second[1] == "w.h5"
    assert words("diff", "w.caffemodel", "w.h5") == 0
    assert capsys.readouterr().out == "7 of 7 blobs are the same\n"
    assert words("set", "w.h5", "bn/1", "3", "-o", "v.npz") == 0
    assert words("strip", "v.npz", "f*", "-o", "v.npz") == 0
    capsys.readouterr()
    assert words("diff", "w.caffemodel", "v.npz") == 1
    out = capsys.readouterr().out
    assert "bn/1  values" in out and "1.00e+00  5.00e-01" in out and "fc/1  only in A" in out
    assert out.endswith("\n4 of 7 blobs are the same\n") and max(map(len, out.splitlines())) <= 80
    assert words("diff", "w.caffemodel", "v.npz", "--json") == 1
    rows = {(row["layer"], row["blob"]): row for row in json.loads(capsys.readouterr().out)}
    assert rows["bn", 1]["largest"] == 1 and rows["fc", 1]["shapes"] == [[2], None]


def test_rename_cast_and_strip(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    Path("names.txt").write_text(f"{CONV} conv  # shorter\n")
    command = ["rename", "w.caffemodel", "fc", "old", "--map", "names.txt", "-o", "v.caffemodel"]
    assert words(*command) == 0
    names = [layer.name for layer in read_weights("v.caffemodel") if layer.blobs]
    assert names == ["conv", "bn", "old"]
    assert words("cast", "v.caffemodel", "float16", "-o", "half.npz") == 0
    assert "half.npz: float16, rounded by" in capsys.readouterr().out
    with np.load("half.npz") as file:
        assert {array.dtype.name for array in file.values()} == {"float16"}
    assert Net(NET.replace('"fc"', '"old"').replace(CONV, "conv"), weights="half.npz")


def test_merge_bn(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    new = ["small.prototxt", "small.safetensors"]
    assert words("merge-bn", "net.prototxt", "w.caffemodel", *new) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"bn became part of {CONV}\n3 blobs of both nets agree on random inputs")
    assert "# ours\n" in Path("small.prototxt").read_text()
    x = np.random.default_rng(0).random((1, 3, 6, 6))
    wanted = net.forward(x=x)["y"]
    np.testing.assert_allclose(Net(*new).forward(x=x)["y"], wanted, rtol=1e-4, atol=1e-6)


def test_merge_bn_writes_both_files_or_none(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    before = {*Path().iterdir()}
    for files, code, message in (
        (["a.prototxt", "none/a.npz"], 3, "none/a.npz: cannot be written: there is no folder"),
        (["a.prototxt", "a.pt"], 3, "weights are not written as '.pt'"),
        (["./net.prototxt", "a.npz"], 2, "is the net that is read"),
        (["a.prototxt", "a.npz", "--tolerance", "0"], 3, "not the same net: blob"),
    ):
        assert words("merge-bn", "net.prototxt", "w.caffemodel", *files) == code
        assert message in capsys.readouterr().err
    assert {*Path().iterdir()} == before


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (["list", "none.npz"], 3, "none.npz: no such file"),
        (["list", "net.prototxt"], 3, "net.prototxt: this is text, not weights"),
        (["get", "w.caffemodel", "fcc/0"], 3, "no layer 'fcc': there are a_rather"),
        (["get", "w.caffemodel", "fc/0", "-o", "x.png"], 3, "an array is not kept as '.png'"),
        (["set", "w.caffemodel", "fc/0", "x.npy", "-o", "v.npz"], 3, "x.npy: no such file"),
        (["set", "w.caffemodel", "fc/0", "one", "-o", "v.npz"], 3, "one: an array is not kept"),
        (["rename", "w.caffemodel", "fc", "-o", "v.npz"], 2, "'fc' has no new name"),
        (["rename", "w.caffemodel", "-o", "v.npz"], 2, "no names: give OLD NEW, or --map"),
        (["rename", "w.caffemodel", "fc", "a", "fc", "b", "-o", "v"], 2, "is given twice"),
        (["cast", "w.caffemodel", "float16", "-o", "v"], 2, "a .caffemodel has no float16"),
        (["strip", "w.caffemodel", "x*", "-o", "v"], 3, "no layer 'x*' with weights"),
        (["cast", "w.caffemodel", "float16", "-o", "v.onnx"], 3, "not written as '.onnx'"),
    ],
)
def test_refusals(
    net: Net, command: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words(*command) == code
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert sorted(path.name for path in Path().iterdir()) == ["net.prototxt", "w.caffemodel"]
