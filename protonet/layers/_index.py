"""Indices and marks: whole numbers that arrive as floats, and take no gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, NetError


def whole_numbers(values: NDArray, limit: int, out: NDArray, what: str) -> None:
    """out = values, flat; DataError unless all are whole numbers in 0 .. limit-1."""
    fits = (values >= 0) & (values < limit)
    if not fits.all():
        at = int(np.argmin(fits))
        raise DataError(
            f"{what} {values[at]:g} at position {at} is out of range",
            f"it must lie in 0 to {limit - 1}",
        )
    check_whole(values, what)
    np.copyto(out, values, casting="unsafe")


def check_whole(values: NDArray, what: str) -> None:
    """DataError if one of the values, flat, has a fraction or is no number."""
    whole = np.trunc(values) == values
    if not whole.all():
        at = int(np.argmin(whole))
        raise DataError(
            f"{what} {values[at]:.6g} at position {at} is no whole number",
            "look at what makes this bottom",
        )


def no_gradient(what: str) -> NetError:
    return NetError(
        f"no gradient flows into {what}",
        "set propagate_down: false for this bottom, or do not force backward",
    )
