"""Winograd's transforms, against what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.convolution import transforms
from protonet.kernels.convolution.transforms import PRODUCTS, SEES, TILE, Tiles

DOUBLE = np.dtype(np.float64)


def cells_of(matrix: str, tile: np.ndarray) -> np.ndarray:
    """Of one tile, by both axes one after the other: (6 across, 6 down)."""
    one = getattr(transforms.matrices(), matrix)
    return (one @ tile @ one.T).T


def test_a_row_of_outputs_is_the_correlation_with_three_weights() -> None:
    x, w = np.random.default_rng(0).standard_normal((2, SEES))
    m = transforms.matrices()
    y = m.y.T @ ((m.w @ w[:3]) * (m.x @ x))
    np.testing.assert_allclose(y, np.correlate(x, w[:3], "valid"), rtol=1e-12)


@pytest.mark.parametrize("matrix", ["x", "y"])
@pytest.mark.parametrize("low", [0, 2])
def test_spread_transforms_each_tile(matrix: str, low: int) -> None:
    t = Tiles(images=2, down=3, blocks=2, across=4)
    frame = np.random.default_rng(1).standard_normal((2, 3, *transforms.frame_size(matrix, t)))
    cells = np.full((SEES, SEES, t.total, 3 + low), np.nan)
    transforms.multiply(transforms.spread(matrix, frame, t, cells, low))
    assert np.isnan(cells[..., :low]).all()
    tiles = cells.reshape(SEES, SEES, t.down, t.images, t.blocks * t.across, 3 + low)
    seen = SEES if matrix == "x" else TILE
    for down, image, across, channel in np.ndindex(3, 2, 8, 3):
        rows, places = (slice(TILE * at, TILE * at + seen) for at in (down, across))
        want = cells_of(matrix, frame[image, channel, rows, places])
        got = tiles[:, :, down, image, across, low + channel]
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-10)


def test_gather_is_spread_turned_round() -> None:
    """<spread(y), cells> = <y, gather(cells)>"""
    rng, t = np.random.default_rng(2), Tiles(images=2, down=2, blocks=3, across=5)
    y = rng.standard_normal((2, 4, *transforms.frame_size("y", t)))
    given = rng.standard_normal((SEES, SEES, t.total, 4))
    cells, planes = np.empty_like(given), np.empty_like(y)
    transforms.multiply(transforms.spread("y", y, t, cells))
    transforms.multiply(transforms.gather(given, t, planes))
    np.testing.assert_allclose(np.vdot(cells, given), np.vdot(y, planes), rtol=1e-12)


@pytest.mark.parametrize("turned", [False, True])
def test_cells_of_kernels(turned: bool) -> None:
    w = np.random.default_rng(3).standard_normal((3, 3))
    got = transforms.of_kernels(turned, DOUBLE) @ w.reshape(9)
    want = cells_of("w", w[::-1, ::-1] if turned else w)
    np.testing.assert_allclose(got.reshape(SEES, SEES), want, rtol=1e-12)
    assert len(got) == PRODUCTS
