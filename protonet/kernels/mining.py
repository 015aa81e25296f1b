"""Mining: which examples to learn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def largest_of_each(values: NDArray, group: NDArray, count: int) -> NDArray:
    """A mask (N): the `count` largest of values (N) within each group, the first of equal ones.

    group (N): a number that those of one group share.
    """
    order = np.lexsort((-values, group))  # by group, then falling; stable
    sorted_group = group[order]
    begins = np.ones(len(order), bool)
    begins[1:] = sorted_group[1:] != sorted_group[:-1]
    place = np.arange(len(order))
    rank = place - np.maximum.accumulate(np.where(begins, place, 0)) if len(order) else place
    mask = np.zeros(len(order), bool)
    mask[order[rank < count]] = True
    return mask
