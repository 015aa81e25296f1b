"""--engine of test, time, extract-features and predict."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.data.images import encode_image

NET = """
layer { name: "data" type: "HDF5Data" top: "x" top: "y"
  hdf5_data_param { source: "list.txt" batch_size: 4 } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param {
  num_output: 5 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "ip" top: "r" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "r" bottom: "y" top: "loss" }
layer { name: "a" type: "Accuracy" bottom: "r" bottom: "y" top: "a" }
"""
DEPLOY = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param {
  num_output: 5 weight_filler { type: "gaussian" std: 0.01 } } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import h5py

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    with h5py.File("d.h5", "w") as file:
        file["x"] = rng.normal(size=(12, 3)).astype(np.float32)
        file["y"] = rng.integers(0, 5, (12, 1)).astype(np.float32)
    Path("list.txt").write_text("d.h5\n")
    for name, text in (("net", NET), ("deploy", DEPLOY)):
        Path(f"{name}.prototxt").write_text(text)
        Net(f"{name}.prototxt", seed=1).save(f"{name}.caffemodel")
    picture = rng.integers(0, 256, (4, 4, 3)).astype(np.uint8)
    Path("p.png").write_bytes(encode_image(picture, "png").tobytes())


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("engine", ["onnxruntime", "auto"])
def test_testing(capsys: pytest.CaptureFixture[str], engine: str) -> None:
    words = ["test", "net.prototxt", "net.caffemodel", "--iterations", "3", "--quiet"]
    words += ["--confusion"]
    plain, other = told(capsys, *words), told(capsys, *words, "--engine", engine)
    assert other["loss"] == pytest.approx(plain["loss"], rel=1e-5)
    assert other["outputs"]["a"] == plain["outputs"]["a"]
    assert other["confusion"] == plain["confusion"]
    assert len([*Path("cache/models").iterdir()]) == 1


def test_timing(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["time", "net.prototxt", "--iterations", "2", "--engine", "onnxruntime", "--no-cache"]
    found = told(capsys, *words, "--quiet")
    assert found["forward"] > 0 and found["layers"] == [] and "backward" not in found
    assert not Path("cache/models").exists()
    assert main([*words, "--phase", "TRAIN"]) == 3
    assert "an engine runs nets in the phase TEST" in capsys.readouterr().err


def test_extracting(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["extract-features", "net.caffemodel", "net.prototxt", "ip,y"]
    assert main([*words, "a.npz", "3", "npz"]) == 0
    assert main([*words, "b.npz", "3", "npz", "--engine", "onnxruntime"]) == 0
    with np.load("a.npz") as a, np.load("b.npz") as b:
        np.testing.assert_allclose(b["ip"], a["ip"], rtol=1e-4, atol=1e-6)
        assert (b["y"] == a["y"]).all() and b["ip"].shape == (12, 5)


def test_predicting(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["predict", "deploy.prototxt", "deploy.caffemodel", "p.png", "--quiet"]
    plain, other = told(capsys, *words), told(capsys, *words, "--engine", "onnxruntime")
    found, want = (each["answers"][0]["found"] for each in (other, plain))
    assert [row["label"] for row in found] == [row["label"] for row in want]
    assert [row["score"] for row in found] == pytest.approx(
        [row["score"] for row in want], rel=1e-4
    )


def test_a_gpu(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    words = ["test", "net.prototxt", "net.caffemodel", "--iterations", "1", "--gpu", "1"]
    assert main([*words, "--engine", "onnxruntime"]) == 3
    err = capsys.readouterr().err
    assert "Use GPU with device ID 1" in err
    assert "this onnxruntime has no CUDA: put its GPU build in its place" in err
    assert main(words) == 0
    assert "--gpu 1 is ignored" in (err := capsys.readouterr().err)
    assert "--engine onnxruntime can use a GPU" in err
    assert main([*words[:-1], "x", "--engine", "auto"]) == 2
    assert "--gpu x: give the number of a GPU" in capsys.readouterr().err
