"""The order in which an unstable quicksort leaves equal values.

Proposal's results depend on it: boxes of equal scores suppress each other in that order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import boxes


def quicksort(values: NDArray, top: int) -> NDArray:
    """Indices of values (N), falling, as the fork's quicksort leaves the first `top` of them.

    The pivot is the first value.  From the left one moves over values >= it, from the right
    over values <= it, and what both stop at is swapped, until they cross; then the pivot is
    swapped with where the right one stopped.  The part on the left follows, and the one on the
    right if it begins before `top`.

    A part whose values before `top` and the one there all differ has one order only, and one in
    which all are equal stays as it is: neither is taken apart further, and a stable sort does the
    rest.
    """
    last = min(top, len(values) - 1)
    order, falling = np.arange(len(values)), -values
    if last < len(values) - 1:
        falling = np.partition(falling, last)[: last + 1]
    falling.sort()
    # A part holds the values that stand at its places when all are sorted.
    ties = np.concatenate([[0], np.cumsum(falling[1:] == falling[:-1])])
    todo = [(0, len(values) - 1)]
    while todo:
        start, end = todo.pop()
        if start < min(end, last) and ties[min(end, last)] > ties[start]:
            part = order[start : end + 1]
            inside = values[part]
            if inside.min() == inside.max():
                continue
            middle = start + _partition(inside, part)
            todo.append((start, middle - 1))
            if middle + 1 < top:
                todo.append((middle + 1, end))
    return order[boxes.by_score(values[order], top)]


def _partition(part: NDArray, order: NDArray) -> int:
    """Swap `order` about the first of its values, part (N); where that ends up."""
    pivot = part[0]
    smaller = 1 + np.flatnonzero(part[1:] < pivot)
    larger = 1 + np.flatnonzero(part[1:] > pivot)[::-1]
    pairs = min(len(smaller), len(larger))
    swaps = np.count_nonzero(smaller[:pairs] < larger[:pairs])
    left, right = smaller[:swaps], larger[:swaps]
    order[left], order[right] = order[right], order[left]
    # The right one stops at a larger value: one that was there, or was swapped to there.
    middle = max([0, *left[-1:].tolist(), *larger[swaps : swaps + 1].tolist()])
    order[[0, middle]] = order[[middle, 0]]
    return int(middle)
