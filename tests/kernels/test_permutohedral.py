"""Filters on the permutohedral lattice: what they are near to, and what holds exactly."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.permutohedral import Lattice


def gaussian(features: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The exact filter, divided by what it makes of ones."""
    apart = ((features[:, :, None] - features[:, None]) ** 2).sum(0)
    kernel = np.exp(-apart / 2)
    return values @ kernel / kernel.sum(0)


@pytest.fixture
def points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.uniform(0, 4, (2, 600)), rng.uniform(0, 1, (3, 600))


def test_nearly_gaussian(points):
    features, values = points
    values = np.sin(3 * features[:1]) + values
    lattice = Lattice(features)
    found = lattice.filter(values) / lattice.filter(np.ones((1, 600)))
    want = gaussian(features, values)
    assert np.abs(found - want).max() < 0.15 * np.ptp(want)
    assert np.corrcoef(found.ravel(), want.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_reverse_is_the_transposed_filter(d):
    """<F x, y> = <x, F' y> for all x and y."""
    rng = np.random.default_rng(2)
    lattice = Lattice(rng.uniform(-3, 3, (d, 50)))
    x, y = rng.standard_normal((2, 4, 50))
    there, back = lattice.filter(x), lattice.filter(y, reverse=True)
    np.testing.assert_allclose((there * y).sum(), (x * back).sum(), rtol=1e-10)


def test_each_point_belongs_to_its_corners_as_a_whole(points):
    weight = Lattice(points[0]).weight
    np.testing.assert_allclose(weight.sum(0), 1, atol=1e-5)
    assert weight.min() > -1e-5


def test_neighbours_are_mutual(points):
    lattice = Lattice(points[0])
    for before, after in lattice.neighbours:
        here = np.flatnonzero(after < lattice.count)
        np.testing.assert_array_equal(before[after[here]], here)


def test_values_far_apart_do_not_mix():
    features = np.array([[0.0, 0, 100, 100]])
    found = Lattice(features).filter(np.array([[1.0, 1, 0, 0]]))
    assert found[0, 0] == found[0, 1] > 0
    assert not found[0, 2:].any()


def test_features_beyond_all_numbers():
    with pytest.raises(ValueError, match="too many cells"):
        Lattice(np.random.default_rng(3).uniform(0, 1e6, (5, 10)))
