"""Anchors and boxes written relative to others, on numbers that papers and pencils give."""

from __future__ import annotations

import numpy as np

from protonet.kernels import anchors


def test_the_anchors_of_the_paper() -> None:
    got = anchors.base_anchors(16, [0.5, 1, 2], [8, 16, 32], np.rint)
    assert got.tolist() == [
        [-84, -40, 99, 55],
        [-176, -88, 191, 103],
        [-360, -184, 375, 199],
        [-56, -56, 71, 71],
        [-120, -120, 135, 135],
        [-248, -248, 263, 263],
        [-36, -80, 51, 95],
        [-80, -168, 95, 183],
        [-168, -344, 183, 359],
    ]


def test_anchors_at_every_place_match_their_maps() -> None:
    base = np.array([[0.0, 0, 1, 1], [0, 0, 3, 3]])
    got = anchors.at_every_place(base, 2, 3, 10)
    assert got.shape == (12, 4)
    assert got[:4].tolist() == [[0, 0, 1, 1], [0, 0, 3, 3], [10, 0, 11, 1], [10, 0, 13, 3]]
    assert got[6].tolist() == [0, 10, 1, 11]
    maps = np.arange(2 * 4 * 6).reshape(1, 8, 2, 3)
    rows = anchors.by_place(maps, 4)
    for (h, w, a), row in zip(np.ndindex(2, 3, 2), rows):
        assert row.tolist() == maps[0, 4 * a : 4 * a + 4, h, w].tolist()


def test_moved() -> None:
    box = np.array([[10.0, 20, 19, 39]])  # 10 x 20
    still = np.zeros((1, 4))
    assert anchors.moved(box, still, 1).tolist() == box.tolist()
    assert anchors.moved(box, still, 0).tolist() == [[10, 20, 20, 40]]
    got = anchors.moved(box, np.array([[0.5, -0.5, np.log(2), 0]]), 1)
    np.testing.assert_allclose(got, [[10, 10, 29, 29]])  # centre 14.5 + 5, 20 wide


def test_deltas_between_undoes_moved() -> None:
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 50, (2, 6, 2))
    box, target = np.concatenate([low, low + rng.uniform(5, 40, low.shape)], axis=2)
    got = anchors.moved(box, anchors.deltas_between(box, target), 0)
    np.testing.assert_allclose(got, target + np.array([0, 0, 1, 1]))  # the pixel that was forgotten


def test_boxes_without_bounds_are_cut_to_the_image() -> None:
    box = np.array([[0.0, 0, 9, 9]], np.float32)
    wide = anchors.moved(box, np.array([[0, 0, 1000, 1000]], np.float32), 0)
    assert anchors.clipped(wide, 30, 40).tolist() == [[0, 0, 39, 29]]


def test_too_small() -> None:
    box = np.array([[0.0, 0, 9, 9], [0, 0, 8, 9], [0, 0, 9, 18]])
    assert anchors.too_small(box, 10, 10).tolist() == [False, True, False]
    assert anchors.too_small(box, 19, 5).tolist() == [True, True, False]
