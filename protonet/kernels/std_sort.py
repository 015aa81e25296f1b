"""The order that C++'s std::sort leaves equal scores in, where a result depends on it.

It is not stable, and no standard says what it does: this is what GNU's library does, with which
the forks of Caffe were built (introsort: Musser, 1997).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .boxes import by_score

#: Parts of no more elements are left to the insertion sort at the end.
SMALL = 16


def falling(scores: NDArray) -> NDArray:
    """Indices that sort scores (N), the largest first, equal ones as std::sort has them."""
    values, order = scores.tolist(), list(range(len(scores)))
    parts = [(0, len(order), 2 * (len(order).bit_length() - 1))]
    while parts:
        first, last, depth = parts.pop()
        while last - first > SMALL:
            if depth == 0:  # a heap sort follows, for scores made to be bad
                return by_score(scores)
            depth -= 1
            cut = _partition(values, order, first, last)
            parts.append((cut, last, depth))
            last = cut
    # What is left is an insertion sort, which is stable.
    index = np.array(order, np.intp)
    return index[by_score(scores[index])]


def _partition(values: list[float], order: list[int], first: int, last: int) -> int:
    """Part order[first:last] by the median of three; where the second part begins."""
    middle = first + (last - first) // 2
    three = sorted((first + 1, middle, last - 1), key=lambda i: values[order[i]])
    median = three[1]
    order[first], order[median] = order[median], order[first]
    pivot, low, high = values[order[first]], first + 1, last
    while True:
        while values[order[low]] > pivot:
            low += 1
        high -= 1
        while pivot > values[order[high]]:
            high -= 1
        if low >= high:
            return low
        order[low], order[high] = order[high], order[low]
        low += 1
