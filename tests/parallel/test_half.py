"""Half precision on the way: the error that is told, whatever the size of the values."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.parallel.half import packed, unpacked


def back(values: np.ndarray) -> np.ndarray:
    words = np.zeros(len(values) + 3, np.uint16)
    packed(values, words)
    return unpacked(words, len(values))


@pytest.mark.parametrize("size", [1e-30, 1e-7, 1.0, 3e4, 1e20])
def test_a_value_is_rounded_to_eleven_bits(size):
    values = (np.random.default_rng(1).standard_normal(1000) * size).astype(np.float32)
    error = np.abs(back(values) - values)
    assert (error <= np.abs(values) * 2.0**-11 + np.abs(values).max() * 2.0**-39).all()
    assert error.max() > 0


def test_zeros_and_powers_of_two_stay():
    values = np.array([0, 1, -2, 0.5, 1024, -(2.0**-12)], np.float32)
    assert (back(values) == values).all()
    assert (back(np.zeros(3, np.float32)) == 0).all()
    assert len(back(np.zeros(0, np.float32))) == 0


def test_what_is_not_finite_stays_so():
    assert not np.isfinite(back(np.array([1, np.inf], np.float32))).all()
    assert np.isnan(back(np.array([np.nan, 1], np.float32))).any()
