"""What courses do with pycaffe, as scripts that say `import caffe`, through `protonet run`."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import protonet
from protonet.cli.main import main
from tests.pycaffe.png import write_png

SCRIPTS = Path(__file__).parent / "scripts"
MODELS = Path(protonet.__file__).parent.parent / "models"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a script in a folder of its own; returns what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLOG_minloglevel", "2")

    def start(name: str, *args: str | Path) -> str:
        code = main(["run", str(SCRIPTS / name), *map(str, args)])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return out

    yield start
    for name in [n for n in sys.modules if n == "caffe" or n.startswith("caffe.")]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, Path, int]:
    """LeNet's weights after a few steps; an image file; the digit on it."""
    folder = tmp_path_factory.mktemp("lenet")
    for name in ("lenet_solver.prototxt", "lenet_train_test.prototxt"):
        shutil.copy(MODELS / name, folder)
    solver = protonet.get_solver(folder / "lenet_solver.prototxt")
    solver.param.test_interval = solver.param.display = 0
    solver.step(40)
    solver.net.save(folder / "lenet.caffemodel")
    test = solver.test_nets[0]
    test.forward()
    scores = test.blobs["ip2"].data
    # the image that the net is most certain of
    item = int(scores.max(axis=1).argmax())
    assert scores[item].argmax() == test.blobs["label"].data[item]
    pixels = np.rint(test.blobs["data"].data[item, 0] * 256).astype(np.uint8)
    image = write_png(folder / "digit.png", pixels)
    return folder / "lenet.caffemodel", image, int(scores[item].argmax())


def test_classification(run, trained):
    weights, image, digit = trained
    out = run("classification.py", MODELS / "lenet.prototxt", weights, image)
    assert f"predicted: {digit}\n" in out
    assert "conv1\t(5, 20, 24, 24)" in out and "conv1\t(20, 1, 5, 5) (20,)" in out
    assert "(4, 5, 6, 6) (16, 24, 24) True" in out and "back: True" in out


def test_learning_lenet(run):
    out = run("learning_lenet.py")
    assert "('conv1', (8, 1, 5, 5))" in out and "('score', (64, 10))" in out
    assert "lenet True True True" in out and "linear True True" in out
    assert "gradient: True" in out


def full_conv() -> str:
    """models/lenet.prototxt with its inner products as convolutions."""
    text = (MODELS / "lenet.prototxt").read_text()
    for name, size in (("ip1", 4), ("ip2", 1)):
        text = text.replace(f'name: "{name}"', f'name: "{name}-conv"')
        text = text.replace("inner_product_param {", f"convolution_param {{ kernel_size: {size}", 1)
    return text.replace('"InnerProduct"', '"Convolution"')


def test_net_surgery(run, trained, tmp_path):
    weights, image, digit = trained
    (tmp_path / "full_conv.prototxt").write_text(full_conv())
    out = run("net_surgery.py", MODELS / "lenet.prototxt", weights, "full_conv.prototxt", image)
    assert "bias: True" in out and "sobel: True" in out and "same: True" in out
    assert "ip1 (500, 800) -> (500, 50, 4, 4)" in out
    assert re.search(rf"map: \(1, 10, 2, 3\) {digit}\n", out)


def test_brewing_logreg(run, tmp_path):
    out = run("brewing_logreg.py")
    assert out == "line, linear: True\ncircle, linear: False\ncircle, hidden layer: True\n"
    assert (tmp_path / "nonlinear_iter_500.solverstate").is_file()
