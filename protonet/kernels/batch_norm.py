"""BatchNorm, Scale and ReLU of a training as one, a few channels after the other.

    y = max(scale * xhat + shift, 0)        xhat = (x - mean) / sqrt(var + eps)

What each of the layers would fetch from memory again stays in the cache from the mean of a channel
to its last value.  Arrays are seen as (N, C, S); pieces are all images of some channels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import threads
from .elementwise import at_least, marks, ones_where
from .norm import join
from .scratch import buffer

#: Values of a piece: more than a near cache holds, for each call of NumPy takes some time.
PIECE = 1 << 19


class Statistics(NamedTuple):
    """Of each channel: mean, biased variance, and 1 over the standard deviation."""

    mean: NDArray
    var: NDArray
    inv_std: NDArray


class Affine(NamedTuple):
    """Of each channel; shift: None for none."""

    scale: NDArray
    shift: NDArray | None


def forward(
    x: NDArray,
    affine: Affine,
    rectify: bool,
    eps: float,
    y: NDArray,
    normalised: NDArray,
    statistics: Statistics,
) -> None:
    """Write y, which may be x, xhat to `normalised`, and the statistics of the batch."""
    mean, var, inv_std = statistics

    def piece(d: slice, parts: list[slice]) -> None:
        count, squares = 0, np.zeros_like(var[d])
        mean[d] = 0
        for o in parts:
            values, rest = x[o, d], normalised[o, d]
            n = values.shape[0] * values.shape[2]
            centre = np.einsum("odi->d", values) / n
            np.subtract(values, centre[:, None], out=rest)
            spread = np.einsum("odi,odi->d", rest, rest)
            count = join(count, mean[d], squares, n, centre, spread)
        np.divide(squares, count, out=var[d])
        inv_std[d] = 1 / np.sqrt(var[d] + eps)
        for o in parts:
            rest, out = normalised[o, d], y[o, d]
            if len(parts) > 1:
                np.subtract(x[o, d], mean[d, None], out=rest)
            np.multiply(rest, inv_std[d, None], out=rest)
            np.multiply(rest, affine.scale[d, None], out=out)
            if affine.shift is not None:
                np.add(out, affine.shift[d, None], out=out)
            if rectify:
                at_least(out, 0, out=out)

    _for_channels(x.shape, piece)


def backward(
    dy: NDArray,
    y: NDArray | None,
    scale: NDArray,
    normalised: NDArray,
    inv_std: NDArray,
    dx: NDArray,
    gradients: Affine,
) -> None:
    """Write dx, which may be dy, and the gradients of scale and shift.

    With g = dy where y > 0 (y None: everywhere), 0 elsewhere,
    dx = (g - mean(g) - xhat * mean(g xhat)) * scale / sqrt(var + eps); the two means are what the
    gradient loses by flowing through the batch's own mean and standard deviation.
    """
    shape = dy.shape
    count = shape[0] * shape[2]

    def piece(d: slice, parts: list[slice]) -> None:
        products, sums = np.zeros((2, d.stop - d.start), dy.dtype)
        for o in parts:
            g = dy[o, d]
            if y is not None:
                g = np.multiply(g, _positive(y[o, d]), out=dx[o, d])
            sums += np.einsum("odi->d", g)
            products += np.einsum("odi,odi->d", g, normalised[o, d])
        gradients.scale[d] = products
        if gradients.shift is not None:
            gradients.shift[d] = sums
        factor = scale[d] * inv_std[d]
        through_std, through_mean = factor * products / count, factor * sums / count
        for o in parts:
            out, g = dx[o, d], dy[o, d] if y is None else dx[o, d]
            lost = buffer("norm", out.shape, out.dtype)
            np.multiply(normalised[o, d], through_std[:, None], out=lost)
            np.add(lost, through_mean[:, None], out=lost)
            np.multiply(g, factor[:, None], out=out)
            np.subtract(out, lost, out=out)

    _for_channels(shape, piece)


def _positive(y: NDArray) -> NDArray:
    return ones_where(np.greater(y, 0, out=marks(y)), y)


def _for_channels(shape: tuple[int, ...], fn: Callable[[slice, list[slice]], None]) -> None:
    """fn(channels, parts) for all channels, as many at once as stay in the cache; parts: into
    which the images are cut where those of one channel do not."""
    images, channels, inner = shape
    step = max(1, PIECE // max(1, inner))
    parts = [slice(i, i + step) for i in range(0, images, step)]
    width = max(1, PIECE // max(1, images * inner))
    # An even number of pieces of about one size keeps two threads busy to the end.
    count = min(channels, 2 * -(-channels // (2 * width)))
    ends = [channels * i // count for i in range(count + 1)]
    threads.run(lambda i: fn(slice(ends[i], ends[i + 1]), parts), count)
