"""Regions pooled and sampled, against loops over every bin, cell and point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.kernels import roi, roi_align, roi_max, roi_mean

SIZE = (9, 11)


def regions(count: int, images: int = 2) -> np.ndarray:
    """Regions of all sizes on images 8 times as large as the maps, some outside or reversed."""
    rng = np.random.default_rng(count)
    low = rng.uniform(-20, 80, (count, 2))
    corners = np.concatenate([low, low + rng.uniform(-5, 70, low.shape)], axis=1)
    return np.column_stack([rng.integers(0, images, count), corners])


def maps(channels: int, images: int = 2) -> np.ndarray:
    return (
        np.random.default_rng(channels)
        .permutation(images * channels * 99)
        .reshape(images, channels, *SIZE)
        - 300.0
    )


def cells(bins: roi.Bins, r: int, p: int, q: int) -> tuple[int, slice, slice]:
    rows = slice(int(bins.top[r, p]), max(int(bins.top[r, p]), int(bins.bottom[r, p])))
    columns = slice(int(bins.left[r, q]), max(int(bins.left[r, q]), int(bins.right[r, q])))
    return int(bins.image[r]), rows, columns


def test_round_is_away_from_zero_at_halves() -> None:
    x = np.array([0.5, 1.5, 2.5, -0.5, -2.5, 0.49999997, -1.2], np.float32)
    assert roi.round_away(x).tolist() == [1, 2, 3, -1, -3, 0, -1]


def test_widened_by_the_size_with_both_corners() -> None:
    got = roi.widened(np.array([[1.0, 10, 20, 19, 59]]), 0.5)
    assert got.tolist() == [[1, 5, 0, 24, 79]]


def test_bins_of_roi_pooling() -> None:
    """A region of 5 x 3 cells in 2 x 2 bins: halves of 2.5 and 1.5 cells overlap by one."""
    bins, reversed_ = roi.rounded_bins(np.array([[0.0, 16, 32, 80, 64]]), 1 / 16, (2, 2), (9, 11))
    assert not reversed_.any()
    assert (bins.left.tolist(), bins.right.tolist()) == ([[1, 3]], [[4, 6]])
    assert (bins.top.tolist(), bins.bottom.tolist()) == ([[2, 3]], [[4, 5]])


def test_bins_are_cut_to_the_map_and_reversed_regions_are_told() -> None:
    rows = np.array([[0.0, -9, -9, -5, -5], [0, 8, 8, 20, 20], [0, 6, 3, 5, 7]])
    bins, reversed_ = roi.rounded_bins(rows, 1, (1, 1), SIZE)
    assert bins.areas.reshape(-1).tolist() == [0, 3, 5]
    assert reversed_.tolist() == [False, False, True]


def test_bins_of_psroi_pooling() -> None:
    """From round(3.4) / 4 to (round(20.6) + 1) / 4: 0.75 to 5.5."""
    bins = roi.scaled_bins(np.array([[0, 3.4, -30, 20.6, -31]]), 0.25, 2, SIZE)
    assert (bins.left.tolist(), bins.right.tolist()) == ([[0, 3]], [[4, 6]])
    assert bins.areas.tolist() == [[[0, 0], [0, 0]]]


@pytest.mark.parametrize("pooled", [(1, 1), (3, 2), (7, 7)])
def test_max_pool(pooled: tuple[int, int]) -> None:
    x, rows = maps(5), regions(40)
    bins, _ = roi.rounded_bins(rows, 1 / 8, pooled, SIZE)
    out = np.empty((40, 5, *pooled))
    roi_max.max_pool(x, bins, out=out)
    dy = np.random.default_rng(1).normal(size=out.shape)
    dx = roi_max.max_pool_backward(x, bins, dy, out=np.full_like(x, np.nan))
    want, want_dx = np.zeros_like(out), np.zeros_like(x)
    for r, c, p, q in np.ndindex(out.shape):
        image, rows_, columns = cells(bins, r, p, q)
        window = x[image, c, rows_, columns]
        if window.size:
            want[r, c, p, q] = window.max()
            at = np.unravel_index(window.argmax(), window.shape)
            want_dx[image, c, rows_, columns][at] += dy[r, c, p, q]
    np.testing.assert_array_equal(out, want)
    np.testing.assert_allclose(dx, want_dx, atol=1e-12)


def test_the_first_of_equal_values_gets_the_gradient() -> None:
    x = np.zeros((1, 1, 5, 6))
    bins, _ = roi.rounded_bins(np.array([[0.0, 1, 1, 5, 3]]), 1, (1, 1), (5, 6))
    dx = roi_max.max_pool_backward(x, bins, np.ones((1, 1, 1, 1)), out=np.empty_like(x))
    assert np.argwhere(dx).tolist() == [[0, 0, 1, 1]]
    x[0, 0, [2, 1], [2, 4]] = 1
    roi_max.max_pool_backward(x, bins, np.ones((1, 1, 1, 1)), out=dx)
    assert np.argwhere(dx).tolist() == [[0, 0, 1, 4]]


def test_regions_left_out_get_no_gradient() -> None:
    x, rows = maps(2), regions(6)
    bins, _ = roi.rounded_bins(rows, 1 / 8, (2, 2), SIZE)
    left_out = np.arange(6) != 3
    dy = np.ones((6, 2, 2, 2))
    got = roi_max.max_pool_backward(x, bins.without(left_out), dy, out=np.empty_like(x))
    dy[left_out] = 0
    np.testing.assert_array_equal(got, roi_max.max_pool_backward(x, bins, dy, out=np.empty_like(x)))


def test_nan_is_passed_on() -> None:
    x = maps(1)
    x[0, 0, 4, 4] = math.nan
    bins, _ = roi.rounded_bins(np.array([[0.0, 0, 0, 80, 64]]), 1 / 8, (3, 3), SIZE)
    out = roi_max.max_pool(x, bins, out=np.empty((1, 1, 3, 3)))
    assert np.isnan(out).sum() == 1


@pytest.mark.parametrize("group", [1, 2, 3])
def test_mean_pool(group: int) -> None:
    dims = 4
    x, rows = maps(dims * group * group), regions(30)
    bins = roi.scaled_bins(rows, 1 / 8, group, SIZE)
    out = roi_mean.mean_pool(x, bins, out=np.empty((30, dims, group, group)))
    dy = np.random.default_rng(1).normal(size=out.shape)
    dx = roi_mean.mean_pool_backward(dy, bins, out=np.full_like(x, np.nan))
    want, want_dx = np.zeros_like(out), np.zeros_like(x)
    for r, d, p, q in np.ndindex(out.shape):
        image, rows_, columns = cells(bins, r, p, q)
        c = (d * group + p) * group + q
        window = x[image, c, rows_, columns]
        if window.size:
            want[r, d, p, q] = window.mean()
            want_dx[image, c, rows_, columns] += dy[r, d, p, q] / window.size
    np.testing.assert_allclose(out, want, atol=1e-9)
    np.testing.assert_allclose(dx, want_dx, atol=1e-12)


def bilinear_at(plane: np.ndarray, y: float, x: float) -> float:
    h, w = plane.shape
    if not (-0.5 <= y <= h - 0.5 and -0.5 <= x <= w - 0.5):
        return 0
    y, x = min(max(y, 0), h - 1), min(max(x, 0), w - 1)
    total = 0.0
    for i in range(h):
        for j in range(w):
            total += max(0, 1 - abs(y - i)) * max(0, 1 - abs(x - j)) * plane[i, j]
    return total


def test_bilinear() -> None:
    x, rows = maps(2) / 100, np.round(regions(12))
    points = roi_align.grid_points(rows, 1 / 8, 0.25, (3, 4), SIZE)
    out = roi_align.bilinear(x, points, out=np.empty((12, 2, 3, 4)))
    want = np.zeros_like(out)
    for r, row in enumerate(rows):
        wide, high = row[3] - row[1] + 1, row[4] - row[2] + 1
        x1, x2 = (row[1] - wide / 4) / 8 - 0.5, (row[3] + wide / 4) / 8 - 0.5
        y1, y2 = (row[2] - high / 4) / 8 - 0.5, (row[4] + high / 4) / 8 - 0.5
        if x2 > x1 and y2 > y1:
            for c, i, j in np.ndindex(2, 3, 4):
                at = y1 + i * (y2 - y1) / 2, x1 + j * (x2 - x1) / 3
                want[r, c, i, j] = bilinear_at(x[int(row[0]), c], *at)
    assert np.count_nonzero(want)
    np.testing.assert_allclose(out, want, atol=1e-4)  # points are computed in float32


def test_bilinear_backward_is_the_transpose() -> None:
    x, rows = maps(3), regions(12)
    points = roi_align.grid_points(rows, 1 / 8, 0, (3, 4), SIZE)
    y = roi_align.bilinear(x, points, out=np.empty((12, 3, 3, 4)))
    dy = np.random.default_rng(1).normal(size=y.shape)
    dx = roi_align.bilinear_backward(dy, points, out=np.full_like(x, np.nan))
    assert (dx * x).sum() == pytest.approx((dy * y).sum())


def test_no_regions_at_all() -> None:
    x, none = maps(4), np.zeros((0, 5))
    bins, _ = roi.rounded_bins(none, 1, (2, 2), SIZE)
    empty = np.empty((0, 4, 2, 2))
    roi_max.max_pool(x, bins, out=empty)
    assert not roi_max.max_pool_backward(x, bins, empty, out=x.copy()).any()
    points = roi_align.grid_points(none, 1, 0, (2, 2), SIZE)
    roi_align.bilinear(x, points, out=empty)
    assert not roi_align.bilinear_backward(empty, points, out=x.copy()).any()
    bins, empty = roi.scaled_bins(none, 1, 2, SIZE), np.empty((0, 1, 2, 2))
    roi_mean.mean_pool(x, bins, out=empty)
    assert not roi_mean.mean_pool_backward(empty, bins, out=x.copy()).any()


def test_blocks_of_channels_and_groups_of_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    x, rows = maps(21), regions(9)
    bins, _ = roi.rounded_bins(rows, 1 / 8, (2, 3), SIZE)
    whole = roi_max.max_pool(x, bins, out=np.empty((9, 21, 2, 3)))
    monkeypatch.setattr(roi, "PIECE", 100)
    parts = roi_max.max_pool(x, bins, out=np.empty((9, 21, 2, 3)))
    np.testing.assert_array_equal(parts, whole)
