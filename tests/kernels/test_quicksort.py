"""The order of equal values, against the quicksort written out with loops."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.quicksort import quicksort


def written_out(values: list[float], top: int) -> list[int]:
    """The rule one step at a time, as a list of the values' places."""
    items = list(enumerate(values))

    def sort(start: int, end: int) -> None:
        pivot, left, right = items[start][1], start + 1, end
        while left <= right:
            while left <= end and items[left][1] >= pivot:
                left += 1
            while right > start and items[right][1] <= pivot:
                right -= 1
            if left <= right:
                items[left], items[right] = items[right], items[left]
                left, right = left + 1, right - 1
        items[start], items[right] = items[right], items[start]
        if start < right - 1:
            sort(start, right - 1)
        if right + 1 < top and right + 1 < end:
            sort(right + 1, end)

    sort(0, len(items) - 1)
    return [place for place, _ in items[:top]]


@pytest.mark.parametrize("levels", [1, 2, 3, 7, 30, 10_000])
@pytest.mark.parametrize("top", [3, 40, 200])
def test_it_is_the_forks_order(levels: int, top: int) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        values = rng.integers(0, levels, rng.integers(1, 120)) / levels
        assert quicksort(values, top).tolist() == written_out(values.tolist(), top)


def test_without_ties_it_is_the_falling_order() -> None:
    values = np.random.default_rng(0).permutation(500).astype(np.float32)
    assert quicksort(values, 300).tolist() == np.argsort(-values)[:300].tolist()


def test_many_equal_values_are_no_burden() -> None:
    """Far more than Python's stack is deep, in falling order, the worst case."""
    values = np.repeat(np.arange(3000, 0, -1), 2).astype(np.float32)
    assert (np.diff(values[quicksort(values, 6000)]) <= 0).all()
