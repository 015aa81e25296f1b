"""`protonet help migration`: every call that the page offers is made, in its order."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import protonet
from protonet.cli.main import main
from protonet.cli.topics import TOPICS, migration
from protonet.kernels.threads import num_threads
from protonet.log import log

LAYERS = """
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 4 kernel_size: 5 weight_filler { type: "xavier" } } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
  pooling_param { kernel_size: 4 stride: 4 } }
layer { name: "ip1" type: "InnerProduct" bottom: "pool1" top: "ip1"
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
"""
DEPLOY = (
    'force_backward: true layer { name: "data" type: "Input" top: "data" '
    "input_param { shape { dim: [1, 3, 32, 32] } } }"
    + LAYERS
    + 'layer { name: "prob" type: "Softmax" bottom: "ip1" top: "prob" }'
)
TRAIN_VAL = (
    'layer { name: "data" type: "Data" top: "data" top: "label" data_param '
    '{ source: "train_lmdb" batch_size: 2 backend: LMDB } transform_param { scale: 0.01 } }'
    + LAYERS
    + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" }'
)
SOLVER = 'net: "train_val.prototxt" base_lr: 0.01 lr_policy: "fixed" display: 1 max_iter: 4 '
SOLVER += 'snapshot_prefix: "x" type: "SGD"'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files that the page speaks of, in the current folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    (tmp_path / "photos").mkdir()
    for i in range(6):
        cv2.imwrite(f"photos/{i}.png", rng.integers(0, 256, (32, 32, 3), np.uint8))
    shutil.copy("photos/0.png", "photo.png")
    files = {
        "train.txt": "".join(f"{i}.png {i % 3}\n" for i in range(6)),
        "deploy.prototxt": DEPLOY,
        "train_val.prototxt": TRAIN_VAL,
        "solver.prototxt": SOLVER,
        "old.prototxt": 'layers { name: "s" type: SILENCE bottom: "data" }\ninput: "data"',
        "script.py": "import caffe\nprint(len(caffe.layer_type_list()))",
    }
    for name, text in files.items():
        Path(name).write_text(text)
    protonet.Net("deploy.prototxt", seed=1).save("net.caffemodel")
    level, threads = log.level, num_threads()
    yield tmp_path
    log.setLevel(level)
    protonet.set_num_threads(threads)
    for name in [name for name in sys.modules if name.split(".")[0] == "caffe"]:
        del sys.modules[name]


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", migration(), re.M | re.S)
    return found


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = re.findall(r"^\| (.*) \|$", text, re.M)
    return [re.split(r" \| ", f" {line}", maxsplit=1) for line in lines if "---" not in line][1:]


def calls(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def value(code: str, names: dict[str, Any]) -> Any:
    """Run a statement or an expression."""
    try:
        return eval(compile(code, "migration.md", "eval"), names)
    except SyntaxError:
        exec(compile(code, "migration.md", "exec"), names)


def test_commands_do_what_caffe_s_did(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [call for _, new in rows(section("Caffe's commands")) for call in calls(new)]
    assert len(asked) == 14
    (desk / "train.log").write_text(
        "I1120 11:47:23.000000  1 solver.cpp:239] Iteration 0 (1 iter/s, 1s/1 iters), loss = 2\n"
        "I1120 11:47:23.000000  1 sgd_solver.cpp:112] Iteration 0, lr = 0.01\n"
    )
    for line in asked:
        program, *words = shlex.split(line)
        assert program == "protonet"
        assert main(words) == 0, f"{line}: {capsys.readouterr().err}"
    made = {path.name for path in desk.iterdir()}
    assert {"train_lmdb", "mean.binaryproto", "ip1_lmdb", "new.prototxt", "net.png"} <= made
    assert {"x_iter_4.caffemodel", "train.log.train", "loss.png"} <= made


def test_pycaffe_s_calls_and_ours_do_the_same(desk: Path) -> None:
    assert main(["convert-imageset", "photos/", "train.txt", "train_lmdb"]) == 0
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    batch = np.random.default_rng(2).random((5, 3, 32, 32), np.float32)
    from protonet import pycaffe  # here: it shows the log where nobody listens to it

    shown: list[dict[str, Any]] = []
    for column, caffe in enumerate((pycaffe, None)):
        names: dict[str, Any] = {"batch": batch, "protonet": protonet, "np": np}
        if caffe is not None:
            names["caffe"] = caffe
        for row in rows(section("pycaffe")):
            for call in calls(row[column]):
                call = call.replace("from caffe", "from protonet.pycaffe")  # not installed here
                value(call, names)
        shown.append(names)
    theirs, ours = shown
    np.testing.assert_allclose(theirs["prob"], ours["prob"], rtol=1e-6)
    assert ours["prob"].shape == (5, 3) and ours["up_to"].any()
    assert theirs["solver"].iter == ours["solver"].iter == 5
    assert theirs["L"] is ours["L"] and theirs["caffe_pb2"].NetParameter().layer is not None


def test_what_takes_the_place_of_opencv_s_calls(desk: Path) -> None:
    image = cv2.imread("photo.png")
    names: dict[str, Any] = {"image": image, "np": np, "protonet": protonet}
    names["weights"] = np.ones((4, 3, 5, 5), np.float32)
    shown = {}
    table = rows(section("OpenCV's readNetFromCaffe").partition("### ")[0])
    assert len(table) == 17
    for _, new in table:
        for call in calls(new):
            shown[call] = value(call, names)
    blob = cv2.dnn.blobFromImage(image, 1.0, (32, 32), (104, 117, 123))
    np.testing.assert_array_equal(names["blob"], blob)
    swapped = cv2.dnn.blobFromImage(image, 1 / 255, (32, 24), swapRB=True)
    np.testing.assert_allclose(names["other"](image)[None], swapped, rtol=1e-6)
    assert names["blobs"].shape == (2, 3, 32, 32)
    assert shown["list(net.layer_dict)"] == ["data", "conv1", "relu1", "pool1", "ip1", "prob"]
    assert shown["net.outputs"] == ["prob"]
    assert shown['net.layer_dict["conv1"].type'] == "Convolution"
    assert names["net"].params["conv1"][0].data.sum() == 300
    assert names["a"].shape == (1, 4, 7, 7) and names["b"].sum() == pytest.approx(1)
    assert len(names["told"][0].answers[0].best) == 3
    fused = protonet.Net("deploy.prototxt", weights="net.caffemodel").predict(blob)
    np.testing.assert_allclose(names["fast"](data=blob)["prob"], fused, rtol=1e-5)


def test_opencv_reads_the_exported_net(desk: Path) -> None:
    """OpenCV 4 and 5: the first block of the page writes it, the second reads it."""
    exported, read = re.findall(r"^```python\n(.*?)^```", migration(), re.M | re.S)
    names: dict[str, Any] = {}
    exec(compile(exported, "migration.md", "exec"), names)
    x = np.random.default_rng(4).random((1, 3, 32, 32), np.float32)
    expected = names["net"].predict(x)
    exec(compile(read, "migration.md", "exec"), names)
    names["net"].setInput(x)
    np.testing.assert_allclose(names["net"].forward(), expected, rtol=1e-4)


def test_opencv_5_has_no_importer_for_caffe() -> None:
    """What the page says, of the OpenCV that is here."""
    major = int(cv2.__version__.partition(".")[0])
    assert hasattr(cv2.dnn, "readNetFromCaffe") == (major < 5)
    assert hasattr(cv2.dnn, "readNetFromONNX")


def test_the_crop_of_blobfromimage(desk: Path) -> None:
    """Nearly ours: the size is rounded otherwise."""
    image = cv2.resize(cv2.imread("photo.png"), (60, 41), interpolation=cv2.INTER_CUBIC)
    wanted = cv2.dnn.blobFromImage(image, 1.0, (24, 24), crop=True)[0]
    prepare = protonet.Preprocess(
        resize=(24, 24), resize_mode="FIT_SMALL_SIZE", crop=(24, 24), interpolation="LINEAR"
    )
    assert prepare(image).shape == wanted.shape
    assert np.corrcoef(prepare(image).ravel(), wanted.ravel())[0, 1] > 0.8


def test_detections_are_as_many_as_there_are(desk: Path) -> None:
    """And one row of -1 where there is none."""
    text = """layer { name: "loc" type: "Input" top: "loc" input_param { shape { dim: [1, 8] } } }
    layer { name: "conf" type: "Input" top: "conf" input_param { shape { dim: [1, 4] } } }
    layer { name: "prior" type: "Input" top: "prior"
      input_param { shape { dim: [1, 2, 8] } } }
    layer { name: "d" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior" top: "d"
      detection_output_param { num_classes: 2 keep_top_k: 200 confidence_threshold: 0.5
        code_type: CENTER_SIZE nms_param { nms_threshold: 0.45 } } }"""
    net = protonet.Net(text)
    boxes = [0.1, 0.1, 0.3, 0.3, 0.5, 0.5, 0.9, 0.9]
    fixed = {"loc": np.zeros((1, 8)), "prior": np.array([[boxes, [0.1, 0.1, 0.2, 0.2] * 2]])}
    found = net.forward(conf=np.array([[0.1, 0.9, 0.8, 0.2]]), **fixed)["d"]
    assert found.shape == (1, 1, 1, 7)
    np.testing.assert_allclose(found[0, 0, 0], [0, 1, 0.9, 0.1, 0.1, 0.3, 0.3], rtol=1e-5)
    nothing = net.forward(conf=np.array([[0.9, 0.1, 0.8, 0.2]]), **fixed)["d"]
    assert nothing.shape == (1, 1, 1, 7) and nothing[0, 0, 0, 1] == -1


def test_topics_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for name, make in TOPICS.items():
        assert main(["help", name]) == 0
        assert capsys.readouterr().out == f"{make()}\n"
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"'protonet help {name}'" in text for name in TOPICS)
