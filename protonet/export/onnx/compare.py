"""How far two tensors are apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: What the largest value of a tensor counts as at least.
FLOOR = 1e-3


def difference(got: NDArray, want: NDArray) -> tuple[float, float]:
    """The largest absolute and relative difference; infinite where the shapes differ."""
    if got.shape != want.shape:
        return float("inf"), float("inf")
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0, np.abs(got.astype(np.float64) - want))
    absolute = float(apart.max(initial=0))
    largest = np.abs(want[np.isfinite(want)]).max(initial=0)
    return absolute, absolute / max(float(largest), FLOOR)


def without_ties(got: NDArray, want: NDArray) -> tuple[NDArray, NDArray, int]:
    """Detections (1, 1, R, 7) without what is not settled between those of equal scores.

    Where rows of an image have one score, and for its lowest one, which others that did not stay
    may have as well, only scores are compared: which of them stay, and in what order, forks
    leave to std::sort.  Returns how many such rows there are, 0 if all agree anyway.
    """
    if got.shape != want.shape or np.allclose(got, want):
        return got, want, 0
    kept = []
    for rows in (got.reshape(-1, 7), want.reshape(-1, 7)):
        rows = rows[np.lexsort((rows[:, 1], -rows[:, 2], rows[:, 0]))].copy()
        _, group, count = np.unique(
            rows[:, [0, 2]], axis=0, return_inverse=True, return_counts=True
        )
        group = group.reshape(-1)
        last = np.append(rows[1:, 0] != rows[:-1, 0], True)
        tied = (count > 1)[group] | np.isin(group, group[last])
        rows[tied, 1] = 0
        rows[tied, 3:] = 0
        kept.append(rows)
    return kept[0], kept[1], int(np.count_nonzero(tied))
