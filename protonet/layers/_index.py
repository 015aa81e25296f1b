"""Indices and marks: whole numbers that arrive as floats, and take no gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, NetError


def whole_numbers(values: NDArray, limit: int, out: NDArray, what: str) -> None:
    """out = values, flat, cut to whole numbers; DataError unless all lie in 0 .. limit-1."""
    fits = (values > -1) & (values < limit)
    if not fits.all():
        at = int(np.argmin(fits))
        raise DataError(
            f"{what} {values[at]:g} at position {at} is out of range",
            f"it must lie in 0 to {limit - 1}",
        )
    np.copyto(out, values, casting="unsafe")


def no_gradient(what: str) -> NetError:
    return NetError(
        f"no gradient flows into {what}",
        "set propagate_down: false for this bottom, or do not force backward",
    )
