"""Proposal and DecodeBBox: faults, ties, boxes that are dropped."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError

from ..one_pass import forward

SETTINGS = "ratio: 1 scale: 1 base_size: 4 feat_stride: 8 min_size: 1"
SCORES, DELTAS, IMAGE = np.zeros((1, 2, 2, 2)), np.zeros((1, 4, 2, 2)), [[16.0, 16, 1, 1]]


def proposal(settings: str = SETTINGS) -> str:
    return f'type: "Proposal" proposal_param {{ {settings} }}'


def found(scores: list[float], settings: str = SETTINGS, image=IMAGE) -> list[np.ndarray]:
    maps = SCORES.copy()
    maps[0, 1].flat = scores
    return forward(proposal(settings), maps, DELTAS, image, tops=2)


def test_the_best_boxes_first() -> None:
    rois, scores = found([0.1, 0.4, 0.3, 0.2], SETTINGS + " pre_nms_topn: 3")
    assert scores.tolist() == [0.4, 0.3, 0.2]
    # anchors of 4 x 4 at 0, 0; the far corner forgets that it is a pixel
    assert rois.tolist() == [[0, 8, 0, 12, 4], [0, 0, 8, 4, 12], [0, 8, 8, 12, 12]]


def test_equal_scores_in_the_order_of_the_quicksort() -> None:
    """About the pivot 0.5 the 0 and the last 1 change places; then the pivot and the other 1."""
    rois, scores = found([0.5, 0, 1, 1])
    assert scores.tolist() == [1, 1, 0.5, 0]
    assert rois[:, 1:3].tolist() == [[0, 8], [8, 8], [0, 0], [8, 0]]


def test_boxes_too_small_keep_their_place_with_score_0() -> None:
    rois, scores = found([0.1, 0.4, 0.3, 0.2], SETTINGS.replace("min_size: 1", "min_size: 3"))
    assert (len(rois), scores.tolist()) == (4, [0.4, 0.3, 0.2, 0.1])
    twice = [[16.0, 16, 1, 2]]
    rois, scores = found([0.1, 0.4, 0.3, 0.2], SETTINGS.replace("size: 1", "size: 3"), twice)
    assert (len(rois), scores.tolist()) == (4, [0, 0, 0, 0])


def test_an_image_of_three_numbers_has_one_scale() -> None:
    settings = SETTINGS.replace("min_size: 1", "min_size: 3")
    assert not found([0.1, 0.4, 0.3, 0.2], settings, [[16.0, 16, 2]])[1].any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (SETTINGS.replace("ratio: 1", ""), "ratio is missing: give one ratio or more"),
        (SETTINGS + " scale: -1", "a scale is not above 0"),
        (SETTINGS + " anchor_ratio: 3", "anchor_ratio belongs to another Proposal"),
        (SETTINGS + " post_nms_topn: 0", "post_nms_topn is 0: it must be 1 or more"),
    ],
)
def test_bad_settings(settings: str, message: str) -> None:
    with pytest.raises(PrototxtError, match=message):
        forward(proposal(settings), SCORES, DELTAS, IMAGE)


def test_maps_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"bottom 0 has shape .*, for 2 anchors it must be \(1, 4"):
        forward(proposal(SETTINGS + " scale: 2"), SCORES, DELTAS, IMAGE)
    with pytest.raises(ShapeError, match="one image at a time"):
        forward(proposal(), np.zeros((2, 2, 2, 2)), np.zeros((2, 4, 2, 2)), IMAGE)
    with pytest.raises(ShapeError, match="bottom 2 has shape"):
        forward(proposal(), SCORES, DELTAS, [[16.0, 16]])


def test_bad_values() -> None:
    with pytest.raises(DataError, match="bottom 0 is NaN at row 1, column 0"):
        found([0, 0, math.nan, 0])
    deltas = DELTAS.copy()
    deltas[0, 2, 0, 1] = math.nan
    with pytest.raises(DataError, match="bottom 1 is NaN at row 0, column 1"):
        forward(proposal(), SCORES, deltas, IMAGE)
    with pytest.raises(DataError, match=r"the image is \(0, 16, 1\): give its height"):
        found([0, 0, 0, 0], image=[[0, 16, 1, 1]])


DECODE = 'type: "DecodeBBox"'


def test_a_cascade_drops_what_it_knows_already() -> None:
    rows, deltas = [[0, 0, 0, 9, 9], [1, 0, 0, 9, 9]], np.zeros((2, 8))
    overlap = [[7, 0.99], [7, 0.5]]
    (out,) = forward(DECODE, deltas, rows, overlap)
    assert out.reshape(-1, 5).tolist() == [rows[1]]
    assert len(forward(DECODE, deltas, rows, overlap, phase="TEST")[0]) == 2
    (none,) = forward(DECODE, deltas, rows, [[1], [1]])
    assert none.shape == (0, 5, 1, 1)


def test_decoding_with_bad_statistics() -> None:
    text = DECODE + " bbox_reg_param {{ bbox_mean: [0, 0, 0, 0] bbox_std: {} }}"
    with pytest.raises(PrototxtError, match="4 bbox_mean and 3 bbox_std: give four"):
        forward(text.format("[1, 1, 1]"), np.zeros((2, 8)), np.zeros((2, 5)))
    with pytest.raises(PrototxtError, match="bbox_std must be above 0"):
        forward(text.format("[1, 1, 0, 1]"), np.zeros((2, 8)), np.zeros((2, 5)))
