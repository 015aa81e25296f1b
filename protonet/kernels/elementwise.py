"""Functions of single values: activations, and what their gradients are.

Every function takes arrays of one shape and writes `out`, which may be the input itself.
Backward functions get `dy`, the gradient of the loss by y, and write dy * dy/dx; which of
x and y they ask for is the cheaper one to keep.  Masks are multiplied, never used as
`where=`, since NumPy's masked loops run value by value and are ten times slower.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from . import scratch, threads
from .threads import PIECE


def chunked(fn: Callable[..., None], *arrays: NDArray) -> None:
    """fn(*pieces) over matching pieces of C-contiguous arrays of equal size, on the pool."""
    count = arrays[0].size
    if count <= PIECE:
        fn(*arrays)
        return
    flat = [a.reshape(-1) for a in arrays]
    threads.for_chunks(count, PIECE, lambda start, stop: fn(*[a[start:stop] for a in flat]))


def like(x: NDArray) -> NDArray:
    """Room for one intermediate result of a piece, the same memory for every piece."""
    return scratch.buffer("elementwise", x.shape, x.dtype)


def marks(x: NDArray) -> NDArray:
    """Room for a yes or no for each value.  A fresh array of a megabyte costs page faults."""
    return scratch.buffer("marks", x.shape, np.bool_)


def ones_where(mask: NDArray, x: NDArray) -> NDArray:
    """1 and 0 of x's type for yes and no.  A product with these is twice as fast as one with
    the mask, which NumPy would convert in small portions."""
    ones = like(x)
    np.copyto(ones, mask)
    return ones


def copy(x: NDArray, *, out: NDArray) -> NDArray:
    """out = x, without touching a byte if they are the same memory."""
    if out is not x:
        np.copyto(out, x)
    return out


# -- rectifiers --------------------------------------------------------------------------

#: Values from which np.clip, which takes a while to begin, is faster than np.maximum and
#: np.minimum, which compare with a single number one by one: three times in the end.
CLIP = 1 << 13


def at_least(x: NDArray, low: float, *, out: NDArray) -> NDArray:
    """y = max(x, low), for arrays of any strides, in this thread."""
    return np.maximum(x, low, out=out) if x.size < CLIP else np.clip(x, low, np.inf, out=out)


def at_most(x: NDArray, high: float, *, out: NDArray) -> NDArray:
    """y = min(x, high), for arrays of any strides, in this thread."""
    return np.minimum(x, high, out=out) if x.size < CLIP else np.clip(x, -np.inf, high, out=out)


def relu(x: NDArray, slope: float = 0.0, *, out: NDArray) -> NDArray:
    """y = max(x, 0) + slope * min(x, 0)"""

    def piece(x: NDArray, y: NDArray) -> None:
        if slope == 0:
            at_least(x, 0, out=y)
        else:
            below = at_most(x, 0, out=like(x))
            below *= slope
            at_least(x, 0, out=y)
            y += below

    chunked(piece, x, out)
    return out


def relu_backward(y: NDArray, dy: NDArray, slope: float = 0.0, *, out: NDArray) -> NDArray:
    """dx = dy where x > 0, else slope * dy.  As y has the sign of x (slope >= 0), y will do."""

    def piece(y: NDArray, dy: NDArray, dx: NDArray) -> None:
        if slope == 0:
            np.multiply(dy, ones_where(np.greater(y, 0, out=marks(y)), y), out=dx)
        else:
            np.multiply(dy, _slopes(y, slope), out=dx)

    chunked(piece, y, dy, out)
    return out


def relu_up_to(x: NDArray, slope: float, high: float, *, out: NDArray) -> NDArray:
    """y = min(max(x, 0) + slope * min(x, 0), high)"""

    def piece(x: NDArray, y: NDArray) -> None:
        at_most(relu(x, slope, out=y), high, out=y)

    chunked(piece, x, out)
    return out


def relu_up_to_backward(
    y: NDArray, dy: NDArray, slope: float, high: float, *, out: NDArray
) -> NDArray:
    """dx = 0 where x reaches high, else dy where x > 0 and slope * dy elsewhere.  As y tells
    which (slope >= 0), y will do."""

    def piece(y: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = _slopes(y, slope)
        slopes *= np.less(y, high, out=marks(y))
        np.multiply(dy, slopes, out=dx)

    chunked(piece, y, dy, out)
    return out


def _slopes(x: NDArray, slope: float | NDArray) -> NDArray:
    """1 where x > 0, else slope (whose shape broadcasts against x)."""
    slopes = np.multiply(np.less_equal(x, 0, out=marks(x)), slope, out=like(x), dtype=x.dtype)
    slopes += np.greater(x, 0, out=marks(x))
    return slopes


def prelu(x: NDArray, slopes: NDArray, *, out: NDArray) -> NDArray:
    """y = max(x, 0) + slope * min(x, 0);  x (rows, n), one slope a row: slopes (rows, 1)."""

    def piece(start: int, stop: int) -> None:
        below = at_most(x[start:stop], 0, out=like(x[start:stop]))
        below *= slopes[start:stop]
        y = at_least(x[start:stop], 0, out=out[start:stop])
        y += below

    threads.for_chunks(len(x), _rows_a_chunk(x), piece)
    return out


def prelu_backward(x: NDArray, dy: NDArray, slopes: NDArray, *, out: NDArray) -> NDArray:
    """dx = dy where x > 0, else slope * dy;  shapes as in `prelu`."""

    def piece(start: int, stop: int) -> None:
        factor = _slopes(x[start:stop], slopes[start:stop])
        np.multiply(dy[start:stop], factor, out=out[start:stop])

    threads.for_chunks(len(x), _rows_a_chunk(x), piece)
    return out


def prelu_slope_gradient(x: NDArray, dy: NDArray, *, work: NDArray) -> NDArray:
    """d slope = sum of dy * min(x, 0) over each channel's values;  x (N, C, n) -> (C,)."""
    np.minimum(x, 0, out=work)
    work *= dy
    return work.sum(axis=(0, 2))


def _rows_a_chunk(x: NDArray) -> int:
    return max(1, PIECE // max(1, x.shape[1]))


def elu(x: NDArray, alpha: float, *, out: NDArray) -> NDArray:
    """y = x where x > 0, else alpha * (e^x - 1)"""

    def piece(x: NDArray, y: NDArray) -> None:
        below = np.minimum(x, 0, out=like(x))
        np.exp(below, out=below)
        below -= 1
        below *= alpha
        np.maximum(x, 0, out=y)
        y += below

    chunked(piece, x, out)
    return out


def elu_backward(x: NDArray, y: NDArray, dy: NDArray, alpha: float, *, out: NDArray) -> NDArray:
    """dx = dy where x > 0, else dy * (y + alpha), since alpha e^x = y + alpha.

    Only the sign of x is used; if alpha >= 0, y has the same and may stand in for x.
    """

    def piece(x: NDArray, y: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = np.add(y, alpha, out=like(y))
        slopes *= np.less_equal(x, 0, out=marks(x))
        slopes += np.greater(x, 0, out=marks(x))
        np.multiply(dy, slopes, out=dx)

    chunked(piece, x, y, dy, out)
    return out


# -- squashing ---------------------------------------------------------------------------


def sigmoid(x: NDArray, *, out: NDArray) -> NDArray:
    """y = 1 / (1 + e^-x), as (tanh(x/2) + 1) / 2, which cannot overflow."""

    def piece(x: NDArray, y: NDArray) -> None:
        np.multiply(x, 0.5, out=y)
        np.tanh(y, out=y)
        y *= 0.5
        y += 0.5

    chunked(piece, x, out)
    return out


def sigmoid_backward(y: NDArray, dy: NDArray, *, out: NDArray) -> NDArray:
    """dx = dy * y * (1 - y)"""

    def piece(y: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = np.subtract(1, y, out=like(y))
        slopes *= y
        np.multiply(dy, slopes, out=dx)

    chunked(piece, y, dy, out)
    return out


def tanh(x: NDArray, *, out: NDArray) -> NDArray:
    """y = (e^x - e^-x) / (e^x + e^-x)"""
    chunked(lambda x, y: np.tanh(x, out=y), x, out)
    return out


def tanh_backward(y: NDArray, dy: NDArray, *, out: NDArray) -> NDArray:
    """dx = dy * (1 - y^2)"""

    def piece(y: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = np.multiply(y, y, out=like(y))
        np.subtract(1, slopes, out=slopes)
        np.multiply(dy, slopes, out=dx)

    chunked(piece, y, dy, out)
    return out


def swish(x: NDArray, beta: float, *, out: NDArray, gate: NDArray) -> NDArray:
    """y = x * gate, gate = sigmoid(beta x)"""

    def piece(x: NDArray, gate: NDArray, y: NDArray) -> None:
        np.multiply(x, beta, out=gate)
        sigmoid(gate, out=gate)
        np.multiply(x, gate, out=y)

    chunked(piece, x, gate, out)
    return out


def swish_backward(y: NDArray, gate: NDArray, dy: NDArray, beta: float, *, out: NDArray) -> NDArray:
    """dx = dy * (gate + beta y (1 - gate)), from the product rule on x * sigmoid(beta x)."""

    def piece(y: NDArray, gate: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = np.subtract(1, gate, out=like(y))
        slopes *= y
        slopes *= beta
        slopes += gate
        np.multiply(dy, slopes, out=dx)

    chunked(piece, y, gate, dy, out)
    return out


def softplus(x: NDArray, *, out: NDArray) -> NDArray:
    """y = log(1 + e^x), as max(x, 0) + log(1 + e^-|x|), which cannot overflow."""

    def piece(x: NDArray, y: NDArray) -> None:
        rest = np.abs(x, out=like(x))
        np.negative(rest, out=rest)
        np.exp(rest, out=rest)
        np.log1p(rest, out=rest)
        np.maximum(x, 0, out=y)
        y += rest

    chunked(piece, x, out)
    return out


def softplus_backward(y: NDArray, dy: NDArray, *, out: NDArray) -> NDArray:
    """dx = dy * sigmoid(x) = dy * (1 - e^-y), since e^y = 1 + e^x."""

    def piece(y: NDArray, dy: NDArray, dx: NDArray) -> None:
        slopes = np.negative(y, out=like(y))
        np.expm1(slopes, out=slopes)
        np.negative(slopes, out=slopes)
        np.multiply(dy, slopes, out=dx)

    chunked(piece, y, dy, out)
    return out


def clip(x: NDArray, low: float, high: float, *, out: NDArray) -> NDArray:
    """y = max(low, min(x, high))"""

    def piece(x: NDArray, y: NDArray) -> None:
        if x.size < CLIP:
            np.maximum(np.minimum(x, high, out=y), low, out=y)
        else:
            np.clip(x, low, high, out=y)

    chunked(piece, x, out)
    return out


def clip_backward(x: NDArray, dy: NDArray, low: float, high: float, *, out: NDArray) -> NDArray:
    """dx = dy where low <= x <= high (bounds included), else 0"""

    def piece(x: NDArray, dy: NDArray, dx: NDArray) -> None:
        ones = ones_where(np.greater_equal(x, low, out=marks(x)), x)
        ones *= np.less_equal(x, high, out=marks(x))
        np.multiply(dy, ones, out=dx)

    chunked(piece, x, dy, out)
    return out


def threshold(x: NDArray, level: float, *, out: NDArray) -> NDArray:
    """y = 1 where x > level, else 0"""
    chunked(lambda x, y: np.greater(x, level, out=y), x, out)
    return out


def absolute(x: NDArray, *, out: NDArray) -> NDArray:
    """y = |x|"""
    chunked(lambda x, y: np.abs(x, out=y), x, out)
    return out


def absolute_backward(x: NDArray, dy: NDArray, *, out: NDArray) -> NDArray:
    """dx = dy * sign(x), 0 at 0"""

    def piece(x: NDArray, dy: NDArray, dx: NDArray) -> None:
        np.multiply(dy, np.sign(x, out=like(x)), out=dx)

    chunked(piece, x, dy, out)
    return out


def signs(x: NDArray, *, out: NDArray) -> NDArray:
    """y = -1, 0 or 1"""
    chunked(lambda x, y: np.sign(x, out=y), x, out)
    return out


# -- dropout -----------------------------------------------------------------------------


def dropout_mask(
    rng: np.random.Generator, ratio: float, scaled: bool = True, *, out: NDArray
) -> NDArray:
    """Each value 0 with probability `ratio`, else 1 / (1 - ratio), or 1 if not `scaled`."""
    rng.random(out=out, dtype=out.dtype.type)
    scale = 1 / (1 - ratio) if ratio < 1 else 0.0  # nothing is kept that could be scaled

    def piece(mask: NDArray) -> None:
        np.copyto(mask, np.greater_equal(mask, ratio, out=marks(mask)))
        if scaled:
            mask *= scale

    chunked(piece, out)
    return out


def multiply(x: NDArray, factor: NDArray, *, out: NDArray) -> NDArray:
    """y = x * factor; the gradient is the same product of dy."""
    chunked(lambda x, factor, y: np.multiply(x, factor, out=y), x, factor, out)
    return out
