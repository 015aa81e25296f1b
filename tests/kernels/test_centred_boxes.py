"""Overlaps of boxes by centre and size, against small cases by hand and finite differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from protonet.kernels.centred_boxes import KINDS, clipped, overlap, overlap_gradient


def box(*values: float) -> np.ndarray:
    return np.array(values, float)


# Two squares of side 2, their centres 1 apart: I = 2, U = 6, C = 3 x 2, diagonal^2 = 13.
FIRST, SECOND = box(0, 0, 2, 2), box(1, 0, 2, 2)


@pytest.mark.parametrize(
    ("kind", "want"),
    [("IOU", 1 / 3), ("GIOU", 1 / 3), ("DIOU", 1 / 3 - 13**-0.6), ("CIOU", 1 / 3 - 1 / 13)],
)
def test_of_squares_that_overlap(kind: str, want: float) -> None:
    assert overlap(FIRST, SECOND, kind) == pytest.approx(want)


def test_of_boxes_apart() -> None:
    far = box(4, 0, 2, 2)  # U = 8, C = 6 x 2, squared distance 16, diagonal^2 = 36 + 4
    assert overlap(FIRST, far) == 0
    assert overlap(FIRST, far, "GIOU") == pytest.approx(-(12 - 8) / 12)
    assert overlap(FIRST, far, "DIOU") == pytest.approx(-((16 / 40) ** 0.6))


def test_ciou_counts_another_shape() -> None:
    wide = box(0, 0, 4, 1)
    v = 4 / np.pi**2 * (np.arctan(4) - np.arctan(1)) ** 2
    iou = 2 / 6
    want = iou - v * v / (1 - iou + v + 1e-6)
    assert overlap(FIRST, wide, "CIOU") == pytest.approx(want)


def test_a_box_without_area_overlaps_nothing() -> None:
    nothing = box(0, 0, 0, 0)
    for kind in KINDS:
        assert np.isfinite(overlap(nothing, nothing, kind))
    assert overlap(nothing, FIRST) == 0


def test_all_pairs_at_once_are_each_pair() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.uniform(0.2, 1, (4, 5)), rng.uniform(0.2, 1, (4, 3))
    for kind in KINDS:
        table = overlap(a[:, :, None], b[:, None], kind)
        want = [[overlap(a[:, i], b[:, j], kind) for j in range(3)] for i in range(5)]
        np.testing.assert_allclose(table, want, rtol=1e-12)


def test_clipped_keeps_what_lies_in_the_image() -> None:
    np.testing.assert_allclose(clipped(box(0, 0.5, 1, 0.5)), [0.25, 0.5, 0.5, 0.5])


PAIRS = [
    (box(0.4, 0.5, 0.3, 0.2), box(0.5, 0.55, 0.4, 0.35)),
    (box(0.6, 0.45, 0.5, 0.6), box(0.5, 0.55, 0.2, 0.25)),
]
APART = (box(0.2, 0.2, 0.2, 0.1), box(0.7, 0.8, 0.3, 0.25))
TWICE = np.array([1, 1, 2, 2])


def derivative(a: np.ndarray, fn: Callable[[np.ndarray], float]) -> np.ndarray:
    """Central differences of a function of a box."""
    step = 1e-6
    return np.array([(fn(a + e) - fn(a - e)) / (2 * step) for e in np.eye(4) * step])


def squared_distance(a: np.ndarray, b: np.ndarray) -> float:
    return float((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


def squared_diagonal(a: np.ndarray, b: np.ndarray) -> float:
    low = np.minimum(a[:2] - a[2:] / 2, b[:2] - b[2:] / 2)
    high = np.maximum(a[:2] + a[2:] / 2, b[:2] + b[2:] / 2)
    return float(((high - low) ** 2).sum())


def distance_part(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of -s/c, but by the centre c grows with the wrong sign."""
    s, c = squared_distance(a, b), squared_diagonal(a, b)
    nearer = -derivative(a, lambda at: squared_distance(at, b)) / c
    grown = derivative(a, lambda at: squared_diagonal(at, b)) * s / c**2
    return nearer + grown * [-1, -1, 1, 1]


@pytest.mark.parametrize("kind", ["IOU", "GIOU"])
@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_gradient_by_the_centre_is_the_derivative_and_by_the_size_twice(
    a: np.ndarray, b: np.ndarray, kind: str
) -> None:
    want = derivative(a, lambda at: float(overlap(at, b, kind))) * TWICE
    np.testing.assert_allclose(overlap_gradient(a, b, kind), want, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_gradient_of_diou_is_that_of_iou_and_of_the_distance(a: np.ndarray, b: np.ndarray) -> None:
    want = overlap_gradient(a, b, "IOU") + distance_part(a, b)
    np.testing.assert_allclose(overlap_gradient(a, b, "DIOU"), want, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("a", "b"), [*PAIRS, APART])
def test_gradient_of_ciou_has_the_shapes_without_its_divisor(a: np.ndarray, b: np.ndarray) -> None:
    def v(at: np.ndarray) -> float:
        return float(4 / np.pi**2 * (np.arctan(b[2] / b[3]) - np.arctan(at[2] / at[3])) ** 2)

    factor = v(a) / (1 - overlap(a, b) + v(a) + 1e-6)
    shape = -factor * derivative(a, v) * (a[2] ** 2 + a[3] ** 2)
    want = overlap_gradient(a, b, "DIOU") + shape
    np.testing.assert_allclose(overlap_gradient(a, b, "CIOU"), want, rtol=1e-6, atol=1e-8)


def test_boxes_apart_are_drawn_by_their_distance_alone() -> None:
    np.testing.assert_allclose(overlap_gradient(*APART, "DIOU"), distance_part(*APART), rtol=1e-6)
