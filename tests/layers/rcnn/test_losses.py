"""Losses of regions: weights, divisors, what is mined."""

from __future__ import annotations

import logging
import math

import numpy as np
import pytest

from protonet.errors import DataError, NetError, PrototxtError, ShapeError

from ..one_pass import bench, forward, loss_and_gradient

FAST = 'type: "SmoothL1Loss" smooth_l1_loss_param { sigma: 2 }'
OHEM = 'type: "SmoothL1LossOHEM"'
ONES = np.ones((2, 2))


def test_inside_weights_twice_and_outside_weights_once() -> None:
    """s = 4: d = 0.5 * 0.2 = 0.1 and 3 * 1; f = 2 * 0.01 and 3 - 1/8."""
    a, w, v = [[0.2, 1]], [[0.5, 3]], [[10, 2]]
    loss, gradient = loss_and_gradient(FAST, a, [[0, 0]], w, v, weight=2)
    assert loss == pytest.approx(10 * 0.02 + 2 * 2.875)
    assert gradient[0].tolist() == pytest.approx([2 * 0.4 * 0.5 * 10, 2 * 1 * 3 * 2])


def test_the_ohem_loss_applies_its_weights_once() -> None:
    loss, gradient = loss_and_gradient(OHEM, [[0.2, 3]], [[0, 0]], [[0.5, 2]])
    assert loss == pytest.approx(0.005 + 5.5)
    assert gradient[0].tolist() == pytest.approx([0.1, 1])


def test_weights_get_a_gradient_of_0_if_one_is_asked_for() -> None:
    found = bench(FAST, ONES, ONES, ONES, ONES).forward()
    for blob in found.bottom:
        blob.diff.fill(math.nan)
    found.seed_tops().backward([True] * 4)
    assert not found.bottom[2].diff.any() and not found.bottom[3].diff.any()


@pytest.mark.parametrize(
    ("mode", "count"), [("VALID", 12), ("FULL", 12), ("BATCH_SIZE", 2), ("NONE", 1)]
)
def test_what_the_ohem_loss_is_divided_by(mode: str, count: int) -> None:
    ones = np.ones((2, 5, 2, 3))
    for text in (OHEM, 'type: "SmoothL1Loss"'):
        layer = f"{text} loss_param {{ normalization: {mode} }}"
        assert loss_and_gradient(layer, ones, 0 * ones)[0] == pytest.approx(60 * 0.5 / count)


@pytest.mark.parametrize(
    "layer", ["SoftmaxWithLoss", "SoftmaxWithLossOHEM", "SigmoidCrossEntropyLoss", "InfogainLoss"]
)
def test_a_divisor_that_is_given(layer: str) -> None:
    labels = ONES if "Sigmoid" in layer else [0, 1]
    rest = [np.eye(2)] if "Infogain" in layer else []

    def run(settings: str) -> tuple[float, np.ndarray]:
        text = f'type: "{layer}" loss_param {{ {settings} }}'
        return loss_and_gradient(text, [[0.5, 1], [2, 0]], labels, *rest)

    whole, gradient = run("normalization: NONE")
    loss, part = run("normalization: PRE_FIXED pre_fixed_normalizer: 0.25")
    assert loss == pytest.approx(4 * whole)
    np.testing.assert_allclose(part, 4 * gradient)
    assert run("normalization: PRE_FIXED")[0] == pytest.approx(whole)
    with pytest.raises(PrototxtError, match="pre_fixed_normalizer is 0: it must be above 0"):
        run("normalization: PRE_FIXED pre_fixed_normalizer: 0")


def test_the_loss_of_each_place() -> None:
    ignoring = 'type: "SoftmaxWithLossOHEM" loss_param { ignore_label: 9 }' + " loss_weight: 0" * 3
    scores = np.log([[3.0, 1], [1, 1], [1, 7]])
    loss, prob, each = forward(ignoring, scores, [0, 9, 1], tops=3)
    assert each.tolist() == pytest.approx([math.log(4 / 3), 0, math.log(8 / 7)])
    assert float(loss) == pytest.approx(each.sum() / 2)
    np.testing.assert_allclose(prob[1], [0.5, 0.5])


@pytest.mark.parametrize(
    ("layer", "tops"), [(OHEM, 2), ('type: "SoftmaxWithLossOHEM"', 2), (FAST, 1)]
)
def test_shapes_and_counts_that_do_not_fit(layer: str, tops: int) -> None:
    if tops == 2:
        with pytest.raises(NetError, match="2 tops need as many loss weights"):
            forward(layer, ONES, ONES[:, :1], tops=2)
    else:
        with pytest.raises(NetError, match="three bottoms: give both"):
            forward(layer, ONES, ONES, ONES)
        with pytest.raises(ShapeError, match=r"bottom 2 .*: all need as many values"):
            forward(layer, ONES, ONES, np.ones((2, 3)), ONES)
        with pytest.raises(PrototxtError, match="sigma is 0: it must be above 0"):
            forward(layer.replace("2", "0"), ONES, ONES)


def test_a_loss_without_a_weight_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    forward(FAST + " loss_weight: 1", ONES, ONES)
    forward(FAST, ONES, ONES, phase="TEST")
    assert not caplog.records
    forward(FAST, ONES, ONES)
    assert "without a loss_weight this loss does not count" in caplog.text


ANNOTATOR = 'type: "BoxAnnotatorOHEM" box_annotator_ohem_param { roi_per_img: 1 }'


def test_the_hardest_region_of_each_image_keeps_its_label() -> None:
    rois = np.array([[0.0] * 5, [1] * 5, [0] * 5, [1] * 5])
    loss, labels = np.reshape([1, 2, 3, 0.5], (4, 1)), np.reshape([5, 6, 7, 8], (4, 1))
    weights = np.arange(1.0, 9).reshape(4, 2)
    kept, kept_weights = forward(ANNOTATOR, rois, loss, labels, weights, tops=2)
    assert kept.reshape(-1).tolist() == [-1, 6, 7, -1]
    assert kept_weights.tolist() == [[0, 0], [3, 4], [5, 6], [0, 0]]
    loss[2] = math.nan
    with pytest.raises(DataError, match="the loss of region 2 is NaN"):
        forward(ANNOTATOR, rois, loss.astype(float), labels, weights, tops=2)


def test_an_annotator_of_unequal_bottoms() -> None:
    rois, each = np.zeros((4, 5)), np.zeros((4, 1))
    with pytest.raises(ShapeError, match=r"bottom 3 has shape \(3, 2\)"):
        forward(ANNOTATOR, rois, each, each, np.zeros((3, 2)), tops=2)
    with pytest.raises(ShapeError, match="there must be one of each"):
        forward(ANNOTATOR, rois, each, np.zeros((4, 2)), each, tops=2)
    with pytest.raises(PrototxtError, match="box_annotator_ohem_param is missing"):
        forward('type: "BoxAnnotatorOHEM"', rois, each, each, each, tops=2)
