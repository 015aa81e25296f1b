"""Means over batches, and the mean average precision of detections."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError, SolverError
from protonet.log import log
from protonet.solvers import get_solver
from protonet.solvers.totals import Totals

EVALUATE = """
layer { name: "in" type: "Input" top: "det" top: "gt" top: "x"
  input_param { shape { dim: 1 dim: 1 dim: 3 dim: 7 } shape { dim: 1 dim: 1 dim: 2 dim: 8 }
    shape { dim: 2 } } }
layer { name: "half" type: "Power" bottom: "x" top: "half" power_param { scale: 0.5 } }
layer { name: "eval" type: "DetectionEvaluate" bottom: "det" bottom: "gt" top: "detection_eval"
  detection_evaluate_param { num_classes: 4 } }
"""
GT = [[0, 1, 0, 0, 0, 0.5, 0.5, 0], [0, 2, 0, 0.5, 0.5, 1, 1, 0]]
#: Batches of detections: of class 1 right, wrong, right with scores 0.9, 0.8, 0.7; 2 wrong.
FIRST = [[0, 1, 0.9, 0, 0, 0.5, 0.5], [0, 1, 0.8, 0.5, 0, 1, 0.5], [0, 2, 0.5, 0, 0, 0.5, 0.5]]
SECOND = [[0, 1, 0.7, 0, 0, 0.5, 0.5]]


def fill(net: Net, found: list[list[float]], x: float) -> None:
    net.blobs["det"].reshape(1, 1, len(found), 7)
    net.blobs["det"].data[...] = found
    net.blobs["gt"].data[...] = GT
    net.blobs["x"].data[...] = x


@pytest.fixture
def totals() -> Totals:
    """After both batches."""
    net = Net(EVALUATE, phase=1)
    found = Totals(net)
    for batch, x in ((FIRST, 2), (SECOND, 4)):
        fill(net, batch, x)
        net.forward()
        found.add()
    return found


@pytest.mark.parametrize(
    ("version", "want"),
    [
        # Class 1: two truths, precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.  Class 2: nothing
        # right.  Class 3: no truth, no detection.  The mean is over all three.
        ("Integral", (1 / 2 + 2 / 3 / 2) / 3),
        ("MaxIntegral", (1 / 2 + 2 / 3 / 2) / 3),
        ("11point", (6 + 5 * 2 / 3) / 11 / 3),
    ],
)
def test_mean_average_precision(totals, version, want):
    outputs, values = totals.results(version)
    assert [output.name for output in outputs] == ["detection_eval", "half", "half"]
    np.testing.assert_allclose(values, [want, 1.5, 1.5])
    assert totals.detects and [*totals.means(totals.seen())] == ["half"]


def test_what_is_told_of_each_class(totals, caplog):
    with caplog.at_level(logging.INFO, log.name):
        totals.results(per_class=True)
    assert caplog.messages == [
        "class1: 0.833333",
        "class2: 0",
        "Missing true_pos for label: 3",
    ]


def test_what_counts_neither_way_is_left_out():
    net = Net(
        EVALUATE.replace("num_classes: 4", "num_classes: 2 evaluate_difficult_gt: false"), phase=1
    )
    found = Totals(net)
    fill(net, [FIRST[0], FIRST[1]], 0)
    net.blobs["gt"].data[...] = [[*GT[0][:7], 1], [0, 1, 0, 0.5, 0, 1, 0.5, 0]]
    net.forward()
    found.add()
    assert found.results()[1][0] == 1


def test_an_output_that_changes_its_shape_has_no_mean():
    net = Net('layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 } } }')
    totals = Totals(net)
    totals.add()
    net.blobs["x"].reshape(3)
    with pytest.raises(NetError, match=r"output 'x' has shape \(2,\) in one batch, \(3,\)"):
        totals.add()


SOLVER = 'base_lr: 0.1 lr_policy: "fixed" test_iter: 1 test_interval: 10 max_iter: 1 '


def solver(tmp_path, more: str, net: str = EVALUATE):
    (tmp_path / "net.prototxt").write_text(net)
    (tmp_path / "solver.prototxt").write_text(f'{SOLVER} net: "net.prototxt"\n{more}\n')
    return get_solver(tmp_path / "solver.prototxt")


def test_solvers_tell_it_as_ssd_does(tmp_path, caplog):
    made = solver(
        tmp_path, 'eval_type: "detection" ap_version: "11point" show_per_class_result: true'
    )
    fill(made.test_nets[0], FIRST, 2)
    with caplog.at_level(logging.INFO, log.name):
        scores = made.test()
    assert scores["detection_eval"] == pytest.approx(1 / 3)
    assert caplog.messages == [
        "Iteration 0, Testing net (#0)",
        "class1: 1",
        "class2: 0",
        "Missing true_pos for label: 3",
        "    Test net output #0: detection_eval = 0.333333",
        "    Test net output #1: half = 1",
        "    Test net output #2: half = 1",
    ]


@pytest.mark.parametrize("field", ["eval_type", "ap_version"])
def test_words_that_nobody_knows(tmp_path, field):
    with pytest.raises(SolverError, match=rf"solver.prototxt:2: {field} is 'x': known: "):
        solver(tmp_path, f'{field}: "x"')


def test_detection_without_detections_is_warned_of(tmp_path, caplog):
    net = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 } } }'
    solver(tmp_path, 'eval_type: "detection"', net).test()
    assert "eval_type is detection, test net #0 has no DetectionEvaluate output" in caplog.messages
