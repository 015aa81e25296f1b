"""Labels that are no class, passed over and counted where that is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net, get_solver
from protonet.errors import DataError
from protonet.proto.weights import write_blob

CLASSES, ITEMS = 4, 6
NET = """
layer { name: "in" type: "Input" top: "x" top: "y"
  input_param { shape { dim: 6 dim: 4 } shape { dim: 6 } } }
layer { name: "loss" type: "%s" bottom: "x" bottom: "y" top: "out" %s }
"""
SCORES = np.random.default_rng(3).normal(size=(ITEMS, CLASSES)).astype(np.float32)
LABELS = np.array([0, 5, 3, -2, np.nan, 1.5], np.float32)
GOOD = np.array([True, False, True, False, False, False])


def out(kind: str, labels: np.ndarray, rest: str = "", **options: object) -> float:
    net = Net(NET % (kind, rest), **options)
    return float(net.forward(x=SCORES, y=labels)["out"])


def test_a_loss_is_that_of_the_good_ones(caplog: pytest.LogCaptureFixture) -> None:
    exponents = np.exp(SCORES[GOOD].astype(np.float64))
    each = -np.log((exponents / exponents.sum(1, keepdims=True))[[0, 1], [0, 3]])
    assert out("SoftmaxWithLoss", LABELS, ignore_bad_labels=True) == pytest.approx(each.mean())
    assert "layer 'loss': 4 labels up to now are none of the 4 classes" in caplog.text
    assert "batch 5: they are ignored" in caplog.text
    with pytest.raises(DataError, match=r"label 5 at item 1 is out of range.*--skip-bad"):
        out("SoftmaxWithLoss", LABELS)


def test_an_accuracy_too_beside_a_label_that_is_ignored_anyway(
    caplog: pytest.LogCaptureFixture,
) -> None:
    right = np.argmax(SCORES, 1)
    labels = right.astype(np.float32)
    labels[1], labels[2], labels[5] = 99, 255, (right[5] + 1) % CLASSES
    rest = "accuracy_param { ignore_label: 255 }"
    assert out("Accuracy", labels, rest, ignore_bad_labels=True) == pytest.approx(3 / 4)
    assert "1 labels up to now" in caplog.text


PIXELS = """
layer { name: "in" type: "Input" top: "x" top: "y"
  input_param { shape { dim: 1 dim: 4 dim: 2 dim: 3 } shape { dim: 1 dim: 1 dim: 2 dim: 3 } } }
layer { name: "out" type: "%s" bottom: "x" bottom: "y" top: "out" %s }
"""
INFOGAIN = "infogain_loss_param { source: '%s' }"


@pytest.mark.parametrize(
    "kind",
    ["SoftmaxWithLoss", "SoftmaxWithLossOHEM", "InfogainLoss", "Accuracy", "EltwiseAccuracy"],
)
def test_a_label_that_is_no_class_is_as_one_that_is_ignored(kind: str, tmp_path: Path) -> None:
    """Each layer that the documentation names, against itself with ignore_label."""
    param = {"Accuracy": "accuracy_param", "EltwiseAccuracy": "eltwise_accuracy_param"}
    ignore = param.get(kind, "loss_param") + " { ignore_label: 255 }"
    rest = ""
    if kind == "InfogainLoss":
        write_blob(tmp_path / "h", np.eye(CLASSES, dtype=np.float32)[None, None])
        rest = INFOGAIN % (tmp_path / "h")
    scores = SCORES.T.reshape(1, CLASSES, 2, 3)
    right = np.argmax(SCORES, 1).astype(np.float32)
    ignored = np.where(GOOD, right, 255).astype(np.float32)
    outs = [
        float(np.ravel(net.forward(x=scores, y=y.reshape(1, 1, 2, 3))["out"])[0])
        for net, y in (
            (Net(PIXELS % (kind, rest), ignore_bad_labels=True), np.where(GOOD, right, 5)),
            (Net(PIXELS % (kind, rest + ignore)), ignored),
        )
    ]
    assert outs[0] == outs[1]
    with pytest.raises(DataError, match="label 5 at"):
        Net(PIXELS % (kind, rest)).forward(x=scores, y=np.full((1, 1, 2, 3), 5, np.float32))


def test_layers_that_know_no_ignored_label_refuse_as_before() -> None:
    with pytest.raises(DataError, match="label 5"):
        out("MultinomialLogisticLoss", LABELS, ignore_bad_labels=True)


def test_a_training_counts_them_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    text = """net_param {
  layer { name: "d" type: "DummyData" top: "x" top: "y"
    dummy_data_param { shape { dim: 6 dim: 2 } shape { dim: 6 }
      data_filler { type: "gaussian" } data_filler { value: 7 } } }
  layer { name: "ip" type: "InnerProduct" bottom: "x" top: "s"
    inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "s" bottom: "y" top: "l" } }
base_lr: 0.1 lr_policy: "fixed" max_iter: 20 snapshot_after_train: false"""
    with pytest.raises(DataError, match="label 7"):
        get_solver(text).step(1)
    solver = get_solver(text, ignore_bad_labels=True)
    before = solver.net.params["ip"][0].data.copy()
    solver.step(20)
    assert solver.loss == 0 and (solver.net.params["ip"][0].data == before).all()
    told = [line for line in caplog.text.splitlines() if "up to now" in line]
    assert [line.split(": ")[-2].split()[0] for line in told] == ["6", "12", "102"]
