from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.errors import DataError, NetError, PrototxtError, ShapeError

from .one_pass import bench, forward, loss_and_gradient

LOSS = 'type: "SoftmaxWithLoss"'
SCORES = np.log([[4.0, 2, 2], [1, 1, 6]])  # probabilities 1/2 1/4 1/4, 1/8 1/8 3/4


def test_loss_is_the_mean_surprise() -> None:
    loss, gradient = loss_and_gradient(LOSS, SCORES, [0, 2], weight=4)
    assert loss == pytest.approx((math.log(2) + math.log(4 / 3)) / 2)
    np.testing.assert_allclose(gradient, [[-1, 0.5, 0.5], [0.25, 0.25, -0.5]])


@pytest.mark.parametrize("label", [0.5, 1.25, -0.75, 2.5])
def test_a_label_with_a_fraction(label: float) -> None:
    with pytest.raises(DataError, match=f"label {label} at item 1 is (no whole|out of range)"):
        forward(LOSS, SCORES, [0, label])
    ignoring = LOSS + " loss_param { ignore_label: 255 }"
    with pytest.raises(DataError, match=f"label {label} at item 1 is (no whole|out of range)"):
        forward(ignoring, SCORES, [255, label])


@pytest.mark.parametrize(
    ("label", "text"),
    [(3, "3"), (-1, "-1"), (7.5, "7.5"), (5e7, "50000000"), (math.nan, "nan"), (math.inf, "inf")],
)
def test_a_label_that_is_no_class(label: float, text: str) -> None:
    with pytest.raises(DataError) as caught:
        forward(LOSS, SCORES, [0, label])
    assert caught.value.what == f"label {text} at item 1 is out of range for 3 classes"
    assert caught.value.hint.startswith("labels count from 0 to 2; ")
    assert "loss_param.ignore_label" in caught.value.hint


def test_a_label_that_is_no_class_in_a_map() -> None:
    labels = np.zeros((2, 1, 3, 2))
    labels[1, 0, 2, 1] = 9
    with pytest.raises(DataError, match=r"label 9 at item 1, position \(2, 1\) is out of range"):
        forward(LOSS, np.zeros((2, 4, 3, 2)), labels)


def test_the_ignored_label_need_not_be_a_class() -> None:
    text = LOSS + " loss_param { ignore_label: 255 }"
    loss, gradient = loss_and_gradient(text, SCORES, [255, 2])
    assert loss == pytest.approx(math.log(4 / 3))
    np.testing.assert_allclose(gradient, [[0, 0, 0], [0.125, 0.125, -0.25]])
    with pytest.raises(DataError, match=r"label 254 at item 0 .* 2$"):
        forward(text, SCORES, [254, 255])


def test_a_score_at_an_ignored_place_may_be_anything() -> None:
    text = LOSS + " loss_param { ignore_label: -1 }"
    scores = np.vstack([SCORES, np.full((1, 3), np.nan)])
    loss, gradient = loss_and_gradient(text, scores, [0, 2, -1])
    assert math.isfinite(loss)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("setting", "count"),
    [
        ("", 5),
        ("normalization: VALID", 5),
        ("normalization: FULL", 6),
        ("normalization: BATCH_SIZE", 2),
        ("normalization: NONE", 1),
        ("normalize: true", 5),
        ("normalize: false", 2),
        ("normalize: false normalization: FULL", 6),
    ],
)
def test_what_the_sum_is_divided_by(setting: str, count: int) -> None:
    text = f"{LOSS} loss_param {{ ignore_label: 0 {setting} }}"
    labels = [[1, 2, 0], [1, 1, 2]]  # 6 places, one ignored
    loss, gradient = loss_and_gradient(text, np.zeros((2, 3, 3)), labels)
    assert loss == pytest.approx(5 * math.log(3) / count)
    assert gradient[0, 0, 0] == pytest.approx(1 / 3 / count)


def test_nothing_left_costs_nothing() -> None:
    text = LOSS + " loss_param { ignore_label: 1 }"
    loss, gradient = loss_and_gradient(text, SCORES, [1, 1])
    assert loss == 0
    assert not gradient.any()


def test_a_hopeless_score_costs_a_finite_amount() -> None:
    loss, gradient = loss_and_gradient(LOSS, [[1e6, -1e6]], [1])
    assert loss == pytest.approx(126 * math.log(2))
    assert gradient.tolist() == [[1, -1]]


def test_second_top_is_the_probabilities() -> None:
    loss, prob = forward(LOSS + " loss_weight: 1 loss_weight: 0", SCORES, [0, 2], tops=2)
    assert loss.shape == ()
    np.testing.assert_allclose(prob, [[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])


@pytest.mark.parametrize("weights", ["", " loss_weight: 1"])
def test_two_tops_need_two_weights(weights: str) -> None:
    with pytest.raises(NetError, match="two tops need two loss weights"):
        bench(LOSS + weights, SCORES, [0, 2], tops=2)


def test_no_gradient_into_labels() -> None:
    with pytest.raises(NetError, match="bottom 1 has no gradient"):
        loss_and_gradient(LOSS, SCORES, [0, 2], down=[True, True])


def test_shapes() -> None:
    with pytest.raises(ShapeError, match=r"bottom 1 has 2 labels .* needs 6"):
        bench(LOSS, np.zeros((2, 4, 3)), np.zeros(2))
    with pytest.raises(ShapeError, match="same first axis"):
        bench(LOSS, np.zeros((2, 4, 3)), np.zeros((3, 2)))
    with pytest.raises(ShapeError, match="axis 2 is out of range") as caught:
        bench(LOSS + " softmax_param { axis: 2 }", SCORES, [0, 2])
    assert caught.value.field == "softmax_param.axis"


def test_classes_that_count_more() -> None:
    text = LOSS + (
        " loss_param { weight_by_label_freqs: true ignore_label: 1 class_weighting: 0.5 "
        "class_weighting: 100 class_weighting: 2 }"
    )
    loss, gradient = loss_and_gradient(text, SCORES, [0, 2])
    assert loss == pytest.approx((0.5 * math.log(2) + 2 * math.log(4 / 3)) / 2)
    np.testing.assert_allclose(gradient, [[-0.125, 0.0625, 0.0625], [0.125, 0.125, -0.25]])
    loss, _ = loss_and_gradient(text, SCORES, [1, 2])
    assert loss == pytest.approx(2 * math.log(4 / 3))


def test_weights_that_nobody_asks_for_are_not_taken() -> None:
    plain = loss_and_gradient(LOSS, SCORES, [0, 2])[0]
    text = LOSS + " loss_param { class_weighting: 9 }"
    assert loss_and_gradient(text, SCORES, [0, 2])[0] == plain


@pytest.mark.parametrize("given", ["", "class_weighting: 1 class_weighting: 2"])
def test_weights_that_are_not_one_a_class(given: str) -> None:
    text = LOSS + f" loss_param {{ weight_by_label_freqs: true {given} }}"
    with pytest.raises(PrototxtError, match="numbers for 3 classes"):
        forward(text, SCORES, [0, 2])
