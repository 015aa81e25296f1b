"""Prior boxes: boxes of fixed sizes around every cell of a map, which a detector starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Aspect ratios that differ by less count as the same.
SAME_RATIO = 1e-6

Pair = tuple[float, float]


def ratios(given: Sequence[float], flip: bool) -> list[float]:
    """1, then each of `given` that is new, with `flip` followed by its reciprocal."""
    found = [1.0]
    for ratio in given:
        if all(abs(ratio - known) >= SAME_RATIO for known in found):
            found += [ratio, 1 / ratio] if flip else [ratio]
    return found


def sizes(
    smallest: Sequence[float],
    largest: Sequence[float],
    ratios: Sequence[float],
    larger_last: bool = False,
) -> NDArray:
    """Width and height of each box around a cell -> (P, 2).

    For each of `smallest` s: a square of side s; with `largest` l a square of side sqrt(s l);
    then for each ratio r but 1: s sqrt(r) wide and s / sqrt(r) high.  larger_last: the square
    of side sqrt(s l) comes after those.
    """
    found: list[tuple[np.float32, np.float32]] = []
    unequal = [ratio for ratio in ratios if abs(ratio - 1) >= SAME_RATIO]
    roots = np.sqrt(np.array(unequal, np.float64)).astype(np.float32)
    for i, given in enumerate(smallest):
        small = np.float32(given)  # in single precision throughout, as SSD's own code
        sides = [np.sqrt(small * np.float32(large)) for large in largest[i : i + 1]]
        squares = [(side, side) for side in sides]
        oblong = [(small * root, small / root) for root in roots]
        found += [(small, small), *(oblong + squares if larger_last else squares + oblong)]
    return np.array(found, np.float64).reshape(-1, 2)


def boxes(
    sizes: NDArray, cells: tuple[int, int], image: Pair, step: Pair, offset: float, clip: bool
) -> NDArray:
    """Boxes of `sizes` (P, 2), in pixels, around each cell (h, w) of a map -> (H, W, P, 4).

    The centre is ((w + offset) step_w, (h + offset) step_h).  Corners are given in fractions
    of the image; clip: held in [0, 1].  Pairs go height first, sizes width first.
    """
    y, x = ((np.arange(n) + offset) * s for n, s in zip(cells, step))
    found = np.empty((*cells, len(sizes), 4))
    for side, sign in ((0, -0.5), (2, 0.5)):
        found[..., side] = (x[:, None] + sign * sizes[:, 0]) / image[1]
        found[..., side + 1] = (y[:, None, None] + sign * sizes[:, 1]) / image[0]
    return np.clip(found, 0, 1, out=found) if clip else found
