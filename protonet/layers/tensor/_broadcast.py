"""What layers of two blobs share that are spread over each other's axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...errors import ShapeError
from ...kernels.broadcast import collapse


class Broadcast(Layer):
    """Base: top[0] has the shape that both operands are spread to.

    Axes are compared from the last one on: equal, or one of them 1 or missing.
    """

    def spread(self, one: tuple[int, ...], other: tuple[int, ...], top: Blobs) -> None:
        try:
            shape = np.broadcast_shapes(one, other)
        except ValueError:
            raise ShapeError(
                f"shapes {one} and {other} do not go together",
                "from the last axis on both must be equal, or one of them 1",
            ) from None
        top[0].reshape(*shape)

    def product(self, a: NDArray, b: NDArray, shape: tuple[int, ...], out: NDArray) -> None:
        """out = a b, of `shape`, summed over what out was spread over."""
        if out.shape == shape:
            np.multiply(a, b, out=out)
            return
        product = self.scratch("product", shape)
        np.multiply(a, b, out=product)
        collapse(product, out)
