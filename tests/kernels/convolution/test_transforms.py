"""Winograd's transforms, against what they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from protonet.kernels.convolution import transforms
from protonet.kernels.convolution.transforms import TILE, Tiles

DOUBLE = np.dtype(np.float64)


KERNELS = pytest.mark.parametrize("kernel", [3, 5])


def cells_of(matrix: str, kernel: int, tile: NDArray) -> NDArray:
    """Of one tile, by both axes one after the other: (across, down)."""
    one = getattr(transforms.matrices(kernel), matrix)
    cells: NDArray = (one @ tile @ one.T).T
    return cells


@KERNELS
def test_a_row_of_outputs_is_the_correlation_with_the_weights(kernel: int) -> None:
    rng, m = np.random.default_rng(0), transforms.matrices(kernel)
    x, w = rng.standard_normal(transforms.sees(kernel)), rng.standard_normal(kernel)
    y = m.y.T @ ((m.w @ w) * (m.x @ x))
    np.testing.assert_allclose(y, np.correlate(x, w, "valid"), rtol=1e-11)


@KERNELS
@pytest.mark.parametrize("matrix", ["x", "y"])
@pytest.mark.parametrize("low", [0, 2])
def test_spread_transforms_each_tile(kernel: int, matrix: str, low: int) -> None:
    t = Tiles(kernel, images=2, down=3, blocks=2, across=4)
    frame = np.random.default_rng(1).standard_normal((2, 3, *transforms.frame_size(matrix, t)))
    cells = np.full(t.cells(3 + low), np.nan)
    transforms.multiply(transforms.spread(matrix, frame, t, cells, low))
    assert np.isnan(cells[..., :low]).all()
    tiles = cells.reshape(t.sees, t.sees, t.down, t.images, t.blocks * t.across, 3 + low)
    seen = t.sees if matrix == "x" else TILE
    for down, image, across, channel in np.ndindex(3, 2, 8, 3):
        rows, places = (slice(TILE * at, TILE * at + seen) for at in (down, across))
        want = cells_of(matrix, kernel, frame[image, channel, rows, places])
        got = tiles[:, :, down, image, across, low + channel]
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-10)


@KERNELS
def test_gather_is_spread_turned_round(kernel: int) -> None:
    """<spread(y), cells> = <y, gather(cells)>"""
    rng, t = np.random.default_rng(2), Tiles(kernel, images=2, down=2, blocks=3, across=5)
    y = rng.standard_normal((2, 4, *transforms.frame_size("y", t)))
    given = rng.standard_normal(t.cells(4))
    cells, planes = np.empty_like(given), np.empty_like(y)
    transforms.multiply(transforms.spread("y", y, t, cells))
    transforms.multiply(transforms.gather(given, t, planes))
    np.testing.assert_allclose(np.vdot(cells, given), np.vdot(y, planes), rtol=1e-12)


@KERNELS
@pytest.mark.parametrize("turned", [False, True])
def test_cells_of_kernels(kernel: int, turned: bool) -> None:
    w = np.random.default_rng(3).standard_normal((kernel, kernel))
    got = transforms.of_kernels(kernel, turned, DOUBLE) @ w.reshape(-1)
    want = cells_of("w", kernel, w[::-1, ::-1] if turned else w)
    np.testing.assert_allclose(got.reshape(want.shape), want, rtol=1e-11, atol=1e-12)
