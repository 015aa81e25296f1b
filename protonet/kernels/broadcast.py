"""Arrays that are spread over each other's axes, as NumPy does it, and the way back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def collapse(values: NDArray, out: NDArray) -> None:
    """out = the values summed over all axes along which an array like `out` was spread to their
    shape: the way back of a gradient."""
    missing = values.ndim - out.ndim
    spread = tuple(
        axis
        for axis, length in enumerate(values.shape)
        if axis < missing or (out.shape[axis - missing] == 1 and length != 1)
    )
    if spread:
        np.sum(values, axis=spread, keepdims=True, out=out.reshape((1,) * missing + out.shape))
    else:
        np.copyto(out, values.reshape(out.shape))
