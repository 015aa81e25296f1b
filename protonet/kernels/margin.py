"""The angular margin of SphereFace: products with weights, of which the label's is made harder.

x (M, K), w (N, K) with rows of length 1.  With c the cosine of an item and its label's row:

    margin  output at the label                        signs
    2       |x| (2 s0 c^2 - 1)                         s0 = sign c
    3       |x| (s1 (4 c^3 - 3 c) + s2)                s1 = sign(|c| - 1/2), s2 = s0 (1 + s1) - 2
    4       |x| (s3 (8 c^4 - 8 c^2 + 1) + s4)          s3 = s0 sign(2 c^2 - 1), s4 = 2 s0 + s3 - 3
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def normalise_rows(w: NDArray) -> None:
    """Bring each row to length 1 in place; one that is 1 long up to rounding, or 0, stays."""
    length = np.sqrt(np.einsum("ij,ij->i", w, w))
    length[(np.abs(length - 1) < 8 * np.finfo(w.dtype).eps) | (length == 0)] = 1
    w /= length[:, None]


def at_label(c: NDArray, length: NDArray, margin: int) -> NDArray:
    """The output there: c and length |x| (M) -> (M)."""
    s0, s1, s2, s3, s4 = _signs(c)
    if margin == 2:
        return length * (2 * s0 * c**2 - 1)
    if margin == 3:
        return length * (s1 * (4 * c**3 - 3 * c) + s2)
    return length * (s3 * (8 * c**4 - 8 * c**2 + 1) + s4)


def gradient_at_label(c: NDArray, length: NDArray, margin: int) -> tuple[NDArray, NDArray]:
    """What w and x are multiplied with in dx, (M) each: the derivative's coefficients, over the
    root of the sum of their squares."""
    s0, s1, s2, s3, s4 = _signs(c)
    if margin == 2:
        of_w, of_x = 4 * s0 * c, -(2 * s0 * c**2 + 1)
    elif margin == 3:
        of_w, of_x = s1 * (12 * c**2 - 3), -(8 * s1 * c**3 - s2)
    else:
        of_w = s3 * (32 * c**3 - 16 * c)
        of_x = -(s3 * (24 * c**4 - 8 * c**2 - 1) - s4)
    of_x = of_x / length
    both = np.sqrt(of_w**2 + of_x**2)
    return of_w / both, of_x / both


def _signs(c: NDArray) -> tuple[NDArray, ...]:
    s0, s1 = np.sign(c), np.sign(np.abs(c) - 0.5)
    s3 = s0 * np.sign(2 * c**2 - 1)
    return s0, s1, s0 * (1 + s1) - 2, s3, 2 * s0 + s3 - 3
