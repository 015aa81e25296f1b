"""Settings and corners of the losses; SoftmaxWithLoss has a file of its own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from protonet.errors import DataError, NetError, PrototxtError, ShapeError
from protonet.proto.weights import write_blob

from .one_pass import bench, forward, loss_and_gradient

CLASSIFIERS = [
    'type: "HingeLoss"',
    'type: "MultinomialLogisticLoss"',
    'type: "InfogainLoss"',
]


def matrix_of(layer: str, classes: int) -> list[np.ndarray]:
    return [np.eye(classes)] if "Infogain" in layer else []


@pytest.mark.parametrize("layer", CLASSIFIERS)
@pytest.mark.parametrize("label", [3, -1, 1e9, math.nan])
def test_a_label_that_is_no_class(layer: str, label: float) -> None:
    with pytest.raises(DataError, match=r"label .* at item 1 is out of range for 3 classes"):
        forward(layer, np.ones((2, 3)), [0, label], *matrix_of(layer, 3))


@pytest.mark.parametrize("layer", CLASSIFIERS)
def test_a_label_with_a_fraction(layer: str) -> None:
    with pytest.raises(DataError, match=r"label 0\.8 at item 1 is no whole number: labels"):
        forward(layer, np.ones((2, 3)), [0, 0.8], *matrix_of(layer, 3))


@pytest.mark.parametrize("layer", [*CLASSIFIERS, 'type: "SigmoidCrossEntropyLoss"'])
def test_no_gradient_into_labels(layer: str) -> None:
    labels = np.zeros((2, 3)) if "Sigmoid" in layer else np.zeros(2)
    rest = matrix_of(layer, 3)
    down = [True, True, *(False for _ in rest)]
    with pytest.raises(NetError, match="bottom 1 has no gradient"):
        loss_and_gradient(layer, np.ones((2, 3)), labels, *rest, down=down)


def test_euclidean_loss_teaches_both() -> None:
    found = bench('type: "EuclideanLoss"', [[1, 2], [3, 4]], [[1, 0], [0, 4]]).forward()
    assert float(found.top[0].data) == (4 + 9) / 4
    found.top[0].diff[...] = 2
    found.backward([True, True])
    assert found.bottom[0].diff.tolist() == [[0, 2], [3, 0]]
    assert found.bottom[1].diff.tolist() == [[0, -2], [-3, 0]]


def test_multinomial_loss_of_an_impossible_class() -> None:
    loss, gradient = loss_and_gradient(CLASSIFIERS[1], [[0, 1]], [0])
    assert loss == pytest.approx(20 * math.log(10))
    np.testing.assert_allclose(gradient, [[-1e20, 0]])


def test_contrastive_similarity_is_any_whole_number_but_0() -> None:
    a, b = [[3, 0], [3, 0], [3, 0]], np.zeros((3, 2))
    text = 'type: "ContrastiveLoss" contrastive_loss_param { margin: 5 }'
    loss, gradient = loss_and_gradient(text, a, b, [0, -2, 0])
    assert loss == pytest.approx((4 + 9 + 4) / 6)
    np.testing.assert_allclose(gradient[:, 0], [-2 / 3, 1, -2 / 3], rtol=1e-4)
    with pytest.raises(DataError, match=r"the similarity 0\.9 at position 1 is no whole number"):
        forward(text, a, b, [1, 0.9, 0])


NOTHING_LOST = {
    'type: "SoftmaxWithLoss"': ([[200.0, 0.0]], [0.0]),
    'type: "MultinomialLogisticLoss"': ([[1.0, 0.0]], [0.0]),
    'type: "InfogainLoss"': ([[200.0, 0.0]], [0.0], np.eye(2)),
    'type: "HingeLoss"': ([[2.0, -2.0]], [0.0]),
    'type: "SigmoidCrossEntropyLoss"': ([[2000.0, -2000.0]], [[1.0, 0.0]]),
    'type: "EuclideanLoss"': ([[1.0, 2.0]], [[1.0, 2.0]]),
    'type: "ContrastiveLoss"': ([[1.0, 2.0]], [[1.0, 2.0]], [1.0]),
}


@pytest.mark.parametrize("layer", NOTHING_LOST)
def test_no_loss_is_0_and_not_minus_0(layer: str) -> None:
    loss = forward(layer, *NOTHING_LOST[layer])[0]
    assert float(loss) == 0
    assert not np.signbit(loss)


def test_contrastive_pairs_that_agree_stay_finite() -> None:
    zeros = np.zeros((1, 2))
    loss, gradient = loss_and_gradient('type: "ContrastiveLoss"', zeros, zeros, [0])
    assert loss == 0.5
    assert not gradient.any()


def test_sigmoid_cross_entropy_divides_by_the_batch_unless_told() -> None:
    x, t = np.zeros((2, 3)), [[0, 1, -1.5], [1, 0, 1]]
    each = math.log(2)
    for setting, count in [
        ("", 2),
        ("normalization: BATCH_SIZE", 2),
        ("normalization: VALID", 5),
        ("normalization: FULL", 6),
        ("normalization: NONE", 1),
        ("normalize: true", 5),
        ("normalize: false", 2),
    ]:
        text = f'type: "SigmoidCrossEntropyLoss" loss_param {{ ignore_label: -1 {setting} }}'
        loss, gradient = loss_and_gradient(text, x, t)
        assert loss == pytest.approx(5 * each / count)
        np.testing.assert_allclose(gradient, np.array([[0.5, -0.5, 0], [-0.5, 0.5, -0.5]]) / count)


def test_sigmoid_cross_entropy_does_not_overflow() -> None:
    loss, gradient = loss_and_gradient('type: "SigmoidCrossEntropyLoss"', [[1e4, -1e4]], [[0, 1]])
    assert loss == 2e4
    assert gradient.tolist() == [[1, -1]]


def test_infogain_matrix_from_a_file(tmp_path: Path) -> None:
    scores, labels = np.random.default_rng(5).normal(size=(4, 3)), [0, 2, 1, 2]
    matrix = np.array([[1, 0.5, 0], [0, 2, 0], [0.25, 0, 1]], np.float32)
    write_blob(tmp_path / "H.binaryproto", matrix.reshape(1, 1, 3, 3))
    text = f'type: "InfogainLoss" infogain_loss_param {{ source: "{tmp_path}/H.binaryproto" }}'
    loss, gradient = loss_and_gradient(text, scores, labels)
    want, want_gradient = loss_and_gradient('type: "InfogainLoss"', scores, labels, matrix)
    assert loss == want
    np.testing.assert_array_equal(gradient, want_gradient)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-np.sum(matrix[labels] * np.log(p)) / 4)


def test_infogain_refusals(tmp_path: Path) -> None:
    x, y = np.zeros((2, 3)), np.zeros(2)
    with pytest.raises(PrototxtError, match="there is no matrix"):
        bench('type: "InfogainLoss"', x, y)
    with pytest.raises(DataError, match=r"none\.binaryproto"):
        bench('type: "InfogainLoss" infogain_loss_param { source: "none.binaryproto" }', x, y)
    with pytest.raises(PrototxtError, match="normalize is not for this type"):
        bench('type: "InfogainLoss" loss_param { normalize: true }', x, y, np.eye(3))
    with pytest.raises(ShapeError, match=r"matrix has shape \(3, 4\), there are 3 classes"):
        bench('type: "InfogainLoss"', x, y, np.zeros((3, 4)))
    with pytest.raises(NetError, match="two tops need two loss weights"):
        bench('type: "InfogainLoss"', x, y, np.eye(3), tops=2)


@pytest.mark.parametrize(
    ("layer", "shapes", "text"),
    [
        ("EuclideanLoss", [(4, 5), (4, 6)], "as many values"),
        ("EuclideanLoss", [(), ()], "first axis"),
        ("SigmoidCrossEntropyLoss", [(4, 5), (4,)], "one target for each score"),
        ("HingeLoss", [(4, 5), (3,)], "first axis"),
        ("HingeLoss", [(4, 5), (4, 5)], "bottom 1 has 20 labels"),
        ("MultinomialLogisticLoss", [(4, 5), (4, 2)], "bottom 1 has 8 labels"),
        ("ContrastiveLoss", [(2, 3, 6), (2, 3, 6), (2,)], "both must be"),
        ("ContrastiveLoss", [(2, 3), (2, 4), (2,)], "both must be"),
        ("ContrastiveLoss", [(2, 3), (2, 3), (3,)], "it needs 2 values"),
    ],
)
def test_shapes(layer: str, shapes: list[tuple[int, ...]], text: str) -> None:
    with pytest.raises(ShapeError, match=text):
        bench(f'type: "{layer}"', *(np.zeros(shape) for shape in shapes))
