"""Boxes: overlaps, suppression and codes, against loops over pairs and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import boxes


def some(count: int, seed: int = 0, size: float = 0.3) -> np.ndarray:
    """Boxes in and around the unit square, a few of them alike."""
    rng = np.random.default_rng(seed)
    low, side = rng.uniform(-0.1, 0.9, (count, 2)), rng.uniform(0.01, size, (count, 2))
    found = np.concatenate([low, low + side], axis=1)
    found[count // 2 :: 7] = found[: len(found[count // 2 :: 7])]
    return found


def overlap(a, b, one=0):
    """Of two boxes, one number at a time."""
    width = min(a[2], b[2]) - max(a[0], b[0]) + one
    height = min(a[3], b[3]) - max(a[1], b[1]) + one
    if width <= 0 or height <= 0:
        return 0
    both = (a[2] - a[0] + one) * (a[3] - a[1] + one) + (b[2] - b[0] + one) * (b[3] - b[1] + one)
    return width * height / (both - width * height)


def plain_nms(of, threshold, eta=1.0, top_k=None, one=0, keep_equal=True):
    kept = []
    for i, box in enumerate(of):
        if top_k is not None and len(kept) >= top_k:
            break
        found = [overlap(box, of[j], one) for j in kept]
        if all(o < threshold or (keep_equal and o == threshold) for o in found):
            kept.append(i)
            if eta < 1 and threshold > 0.5:
                threshold *= eta
    return kept


@pytest.mark.parametrize("plus_one", [False, True])
def test_overlaps_of_all_pairs(plus_one):
    a, b = some(40), some(30, 1)
    scale = 50 if plus_one else 1
    a, b = np.round(a * 50) / 50 * scale, np.round(b * 50) / 50 * scale
    want = [[overlap(x, y, int(plus_one)) for y in b] for x in a]
    np.testing.assert_allclose(boxes.overlaps(a, b, plus_one), want, atol=1e-12)


def test_overlaps_in_closed_form():
    unit = np.array([[0.0, 0, 1, 1]])
    others = np.array([[0.5, 0, 1.5, 1], [0, 0, 1, 1], [1, 0, 2, 1], [0.25, 0.25, 0.75, 0.75]])
    np.testing.assert_allclose(boxes.overlaps(unit, others), [[1 / 3, 1, 0, 1 / 4]])
    np.testing.assert_allclose(boxes.overlaps(unit, others[2:3], True), [[2 / 6]])
    np.testing.assert_allclose(boxes.covered(others, unit)[:, 0], [0.5, 1, 0, 1])


@pytest.mark.parametrize("plus_one", [False, True])
def test_boxes_inside_out_have_no_area_and_no_overlap(plus_one):
    turned = np.array([[3.0, 3, 0, 0], [3, 0, 0, 3], [0, 0, 9, 9]])
    np.testing.assert_array_equal(boxes.areas(turned[:2], plus_one), 0)
    assert boxes.overlaps(turned, turned[:2], plus_one).max() == 0


def test_no_boxes():
    none = np.zeros((0, 4), np.float32)
    assert boxes.overlaps(none, none).shape == (0, 0)
    assert boxes.nms(none, 0.5).size == 0
    assert boxes.by_score(none[:, 0]).size == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 2, 50, 129, 700])
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7])
def test_nms_of_many(count, threshold, dtype):
    of = some(count).astype(dtype)
    assert list(boxes.nms(of, threshold)) == plain_nms(of.astype(float), threshold)


@pytest.mark.parametrize("top_k", [0, 1, 130, 10000])
def test_nms_ends_at_top_k(top_k):
    of = some(600, size=0.05)
    assert list(boxes.nms(of, 0.4, top_k=top_k)) == plain_nms(of, 0.4, top_k=top_k)


@pytest.mark.parametrize("eta", [0.5, 0.9, 0.99])
def test_nms_with_a_falling_threshold(eta):
    of = some(200)
    kept = list(boxes.nms(of, 0.8, eta=eta))
    assert kept == plain_nms(of, 0.8, eta)
    assert len(kept) < len(boxes.nms(of, 0.8))
    assert list(boxes.nms(of, 0.8, eta=eta, top_k=5)) == kept[:5]
    assert list(boxes.nms(of, 0.5, eta=eta)) == plain_nms(of, 0.5)


def test_nms_in_pixels():
    of = np.round(some(300) * 200)
    assert list(boxes.nms(of, 0.5, plus_one=True)) == plain_nms(of, 0.5, one=1)


@pytest.mark.parametrize("eta", [1.0, 0.875])
def test_an_overlap_of_exactly_the_threshold(eta):
    half = np.array([[0.0, 0, 1, 1], [0, 0, 1, 0.75]])
    assert list(boxes.nms(half, 0.75, eta=1.0)) == [0, 1]
    assert list(boxes.nms(half, 0.75, keep_equal=False)) == [0]
    # The first box that stays brings the threshold from 6/7 down to 3/4.
    assert list(boxes.nms(half, 0.75 / 0.875, eta=0.875, keep_equal=True)) == [0, 1]
    assert list(boxes.nms(half, 0.75 / 0.875, eta=0.875, keep_equal=False)) == [0]


def test_a_box_that_is_removed_removes_none():
    chain = np.array([[0.0, 0, 1, 1], [0.4, 0, 1.4, 1], [0.8, 0, 1.8, 1]])
    assert list(boxes.nms(chain, 0.3)) == [0, 2]


def test_nms_does_not_depend_on_the_block(monkeypatch):
    of = some(300, 3)
    want = list(boxes.nms(of, 0.3))
    monkeypatch.setattr(boxes, "BLOCK", 16)
    monkeypatch.setattr(boxes, "PIECE", 256)
    assert list(boxes.nms(of, 0.3)) == want


@pytest.mark.parametrize("top_k", [None, 0, 1, 3, 5, 6, 100])
def test_by_score_is_stable_also_at_the_cut(top_k):
    scores = np.array([0.5, 0.9, 0.5, 0.1, 0.9, 0.5], np.float32)
    assert list(boxes.by_score(scores, top_k)) == [1, 4, 0, 2, 5, 3][:top_k]


PRIOR = np.array([[0.1, 0.2, 0.5, 0.4]])
VARIANCE = np.array([[0.1, 0.2, 0.5, 0.25]])


@pytest.mark.parametrize(
    ("code", "want"),
    [
        ("CORNER", [0.2, 0.6, 0, 0.65]),
        ("CORNER_SIZE", [0.14, 0.28, 0.3, 0.45]),
        # centre 0.3 + 0.04, 0.3 + 0.08; sides 0.4 / e^0.5, 0.2 e^0.25
        (
            "CENTER_SIZE",
            [
                0.34 - 0.2 * np.exp(-0.5),
                0.38 - 0.1 * np.exp(0.25),
                0.34 + 0.2 * np.exp(-0.5),
                0.38 + 0.1 * np.exp(0.25),
            ],
        ),
    ],
)
def test_decode_in_closed_form_and_back(code, want):
    codes = np.array([[1.0, 2, -1, 1]])
    got = boxes.decode(PRIOR, VARIANCE, codes, code)
    np.testing.assert_allclose(got, [want], atol=1e-12)
    np.testing.assert_allclose(boxes.encode(PRIOR, VARIANCE, got, code), codes, atol=1e-12)
    np.testing.assert_allclose(boxes.decode(PRIOR, 1, codes * VARIANCE, code), got, atol=1e-12)


@pytest.mark.parametrize("code", boxes.CODES)
def test_codes_are_undone_for_every_image_and_class(code):
    priors, codes = some(9), np.random.default_rng(5).uniform(-0.5, 0.5, (2, 9, 3, 4))
    got = boxes.decode(priors[:, None], 0.1, codes, code)
    assert got.shape == codes.shape
    again = boxes.encode(priors[:, None], 0.1, got, code)
    np.testing.assert_allclose(again, codes, atol=1e-10)
    one = boxes.decode(priors[4], 0.1, codes[1, 4, 2], code)
    np.testing.assert_allclose(one, got[1, 4, 2], atol=1e-12)


@pytest.mark.parametrize("top_k", [1, 5, 60])
def test_a_few_of_many_are_the_first_of_all(top_k: int) -> None:
    rng = np.random.default_rng(top_k)
    low = rng.uniform(0, 3, (500, 2))
    many = np.concatenate([low, low + rng.uniform(0.5, 2, low.shape)], axis=1)
    got = boxes.nms(many, 0.3, top_k=top_k)
    assert got.tolist() == boxes.nms(many, 0.3)[:top_k].tolist()
