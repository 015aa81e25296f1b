"""protonet finetune, from a trained net to predictions of other classes."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.data.datasets import digits
from protonet.data.datum import encode_datum
from protonet.data.sources import create_store

MODELS = Path(__file__).parents[2] / "models"
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@pytest.fixture
def digits_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 to 4 in LMDBs, and pictures of 5 to 9 in folders: a few to learn from, and the test
    digits, unseen."""
    monkeypatch.chdir(tmp_path)
    for split in ("train", "test"):
        images, labels = digits.load(split)
        with create_store(f"low_{split}_lmdb", "LMDB") as store:
            for i in np.flatnonzero(labels < 5):
                store.put(b"%08d" % i, encode_datum(images[i], int(labels[i])))
        for i in np.flatnonzero(labels >= 5)[:: 4 if split == "train" else 1]:
            folder = Path("few" if split == "train" else "unseen", NAMES[labels[i]])
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f"{i}.png"), images[i, 0])


@pytest.fixture
def low(digits_in_files: None) -> None:
    """LeNet that has learnt 0 to 4."""
    net = (MODELS / "lenet_train_test.prototxt").read_text().replace("digits_t", "low_t")
    Path("lenet_train_val.prototxt").write_text(net)
    Path("low_solver.prototxt").write_text(
        'net: "lenet_train_val.prototxt" base_lr: 0.02 momentum: 0.9 lr_policy: "fixed" '
        'max_iter: 60 snapshot_prefix: "low" random_seed: 1 test_iter: 3 test_interval: 60'
    )
    assert main(["train", "low_solver.prototxt", "--quiet"]) == 0


def test_from_some_digits_to_others(low, capsys):
    """The whole way, each step with the command that the one before names."""
    words = ["few", "--rate", "0.01", "--epochs", "10", "-o", "new"]
    assert main(["finetune", "lenet_train_val.prototxt", "low_iter_60.caffemodel", *words]) == 0
    *told, following, then = capsys.readouterr().out.splitlines()
    assert "5 classes: eight, five, nine, seven, six" in told
    assert (
        "new/train_val.prototxt: 'ip2' (InnerProduct) became 'ip2_few' with 5 outputs for 10"
        in told
    )
    assert "3 layers start from the weights: conv1, conv2, ip1" in told
    command, *arguments = following.removeprefix("Next: protonet ").split()
    assert main([command, *arguments, "--quiet"]) == 0
    out = capsys.readouterr().out
    found = re.search(r"accuracy = ([\d.]+)", out)
    assert found and float(found[1]) > 0.85
    command, *arguments, image = then.removeprefix("Then: protonet ").split()
    assert image == "IMAGE"
    assert main([command, *arguments, "unseen", "--quiet"]) == 0
    *_, summary = capsys.readouterr().out.splitlines()
    right, of = map(int, re.fullmatch(r"(\d+) of (\d+) right: .*", summary).groups())
    # A fifth would be chance; LeNet reaches 0.987 on ten digits with all 1,497 to learn from.
    assert of == 150 and right / of > 0.85


def test_a_store_is_divided(digits_in_files, capsys):
    Net(MODELS / "lenet.prototxt", seed=1).save("w.caffemodel")
    assert main(["finetune", "lenet", "w.caffemodel", "low_test_lmdb", "-o", "new"]) == 0
    out = capsys.readouterr().out
    assert "120 examples to learn from, 30 to test with" in out
    names = {path.name for path in Path("new").iterdir()}
    assert names == {
        *("train_val.prototxt", "solver.prototxt", "deploy.prototxt", "labels.txt"),
        *("train_lmdb", "test_lmdb"),
    }
    assert main(["train", "new/solver.prototxt", "--quiet", "--iterations", "1"]) == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 4, "there is no 'nowhere': give a folder, a list or an LMDB"),
        (["few", "--split", "1"], 2, "'1' is no part of a whole"),
        (["few", "--rate", "-1"], 2, "'-1' is below 0"),
        (["few", "--resize", "20"], 4, "20 x 20 are too small for the net's 28 x 28"),
        (["few", "--head", "ip3"], 3, "no layer with num_output is named 'ip3'"),
        (["few", "-o", "low_test_lmdb"], 4, "'low_test_lmdb' exists already"),
    ],
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, capsys, words, code, said):
    monkeypatch.chdir(tmp_path)
    Net(MODELS / "lenet.prototxt", seed=1).save("w.caffemodel")
    Path("low_test_lmdb").mkdir()
    for name in ("a", "b"):
        for i in range(3):
            Path("few", name).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(f"few/{name}/{i}.png", np.zeros((30, 30), np.uint8))
    try:
        got = main(["finetune", "lenet", "w.caffemodel", *words])
    except SystemExit as error:
        got = error.code
    *_, line = capsys.readouterr().err.splitlines()
    assert got == code and said in line and line.startswith("protonet: error: ")
    assert not list(Path().glob("finetune*"))
