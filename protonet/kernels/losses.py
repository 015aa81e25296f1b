"""Losses: how wrong the outputs of a net are, as one number, and where they should go.

Losses over classes see scores and probabilities as contiguous (outer, classes, inner)
arrays.  `index` (outer, inner) says where in such an array, seen flat, the label of each
place stands; all are in range.  `ignored` marks places that do not count, (outer, inner) or
None; which label stands there is of no importance.

Loss functions give the sum over the batch, the caller divides.  Backward functions get
`scale`, the factor by which that sum enters the net's loss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .elementwise import chunked, like, softplus

#: Smallest normal float32: probabilities are held above it before the logarithm.
TINY = 1.17549435e-38
#: The older losses hold them above this instead.
LOG_THRESHOLD = 1e-20
#: Keeps the gradient of a distance finite where the distance is 0.
DISTANCE_EPSILON = 1e-4


def first_index(view: tuple[int, int, int], *, out: NDArray) -> NDArray:
    """Where class 0 of each place stands: o * classes * inner + i.  Class k is k * inner on."""
    outer, classes, inner = view
    np.add(np.arange(outer)[:, None] * (classes * inner), np.arange(inner), out=out)
    return out


def at(x: NDArray, index: NDArray) -> NDArray:
    """The values of x at flat positions."""
    return np.take(x.reshape(-1), index, mode="clip")  # in range: "clip" only skips the check


def cross_entropy(
    p: NDArray,
    index: NDArray,
    ignored: NDArray | None = None,
    floor: float = TINY,
    weights: NDArray | None = None,
) -> float:
    """sum of -log max(p_label, floor), each times its place's weight (outer, inner) if given"""
    found = cross_entropies(p, index, ignored, floor)
    if weights is not None:
        found *= weights
    return float(found.sum())


def cross_entropies(
    p: NDArray, index: NDArray, ignored: NDArray | None = None, floor: float = TINY
) -> NDArray:
    """-log max(p_label, floor) of each place, (outer, inner); 0 where ignored."""
    losses = np.maximum(at(p, index), floor)
    np.log(losses, out=losses)
    if ignored is not None:
        losses[ignored] = 0
    return np.subtract(0.0, losses, out=losses)  # 0 and not -0 where nothing is lost


def softmax_cross_entropy_backward(
    p: NDArray, index: NDArray, ignored: NDArray | None, scale: float, *, out: NDArray
) -> NDArray:
    """dx_k = scale * (p_k - (k == label)), p being the softmax of x.

    The derivative of -log is -1/p; all of softmax's own derivative cancels against it.
    """
    np.multiply(p, scale, out=out)
    right = at(p, index)
    right -= 1
    right *= scale
    out.reshape(-1)[index] = right
    return _clear(out, ignored)


def cross_entropy_backward(
    p_label: NDArray, index: NDArray, scale: float, *, out: NDArray
) -> NDArray:
    """dp_k = -scale / max(p_label, 1e-20) at the label, 0 elsewhere."""
    out.fill(0)
    out.reshape(-1)[index] = -scale / np.maximum(p_label, LOG_THRESHOLD)
    return out


def infogain(p: NDArray, rows: NDArray, ignored: NDArray | None, *, work: NDArray) -> float:
    """sum of -H[label, k] * log max(p_k, 1e-20) over all k; rows[o, k, i] = H[label[o, i], k]."""
    np.maximum(p, LOG_THRESHOLD, out=work)
    np.log(work, out=work)
    work *= rows
    _clear(work, ignored)
    return 0.0 - float(work.sum())


def infogain_backward(
    p: NDArray, rows: NDArray, ignored: NDArray | None, scale: float, *, out: NDArray
) -> NDArray:
    """dx_k = scale * (p_k * (sum over j of H[label, j]) - H[label, k]), p the softmax of x."""
    np.multiply(p, rows.sum(axis=1, keepdims=True), out=out)
    out -= rows
    out *= scale
    return _clear(out, ignored)


def _clear(x: NDArray, ignored: NDArray | None) -> NDArray:
    """Zeros at all classes of the ignored places."""
    if ignored is not None:
        outer, inner = np.nonzero(ignored)
        x[outer, :, inner] = 0
    return x


def hinge_margins(x: NDArray, index: NDArray, *, out: NDArray) -> NDArray:
    """max(0, 1 - s x), with s = 1 at the label and -1 elsewhere."""
    np.add(x, 1, out=out)
    out.reshape(-1)[index] = 1 - at(x, index)
    return np.maximum(out, 0, out=out)


def hinge_backward(
    margins: NDArray, index: NDArray, squared: bool, scale: float, *, out: NDArray
) -> NDArray:
    """dx = -s * scale where the margin is not 0, times 2 margin for the squared hinge."""
    if squared:
        np.multiply(margins, 2 * scale, out=out)
    else:
        np.sign(margins, out=out)
        out *= scale
    out.reshape(-1)[index] = -at(out, index)
    return out


def sigmoid_cross_entropy(x: NDArray, t: NDArray, *, out: NDArray) -> NDArray:
    """Loss of each value: -t log s(x) - (1 - t) log(1 - s(x)), s the sigmoid.

    Since 1 - s(x) = s(x) e^-x, that is log(1 + e^x) - x t.
    """
    softplus(x, out=out)

    def piece(x: NDArray, t: NDArray, y: NDArray) -> None:
        y -= np.multiply(x, t, out=like(x))

    chunked(piece, x, t, out)
    return out


def smooth_l1_slope(d: NDArray, sharpness: float = 1.0, *, out: NDArray) -> NDArray:
    """The derivative of `smooth_l1` by d: sharpness * d, cut to -1 .. 1.  out may be d."""
    np.multiply(d, sharpness, out=out)
    return np.clip(out, -1, 1, out=out)


def smooth_l1(d: NDArray, slope: NDArray, sharpness: float = 1.0, *, out: NDArray) -> NDArray:
    """Huber's loss of each d, a parabola that goes on as a line from |d| = 1 / sharpness:

        sharpness d^2 / 2        if |d| < 1 / sharpness
        |d| - 1 / (2 sharpness)  otherwise

    slope: from `smooth_l1_slope`; with it both cases are slope d - slope^2 / (2 sharpness).
    out may be d, but not slope.
    """

    def piece(d: NDArray, slope: NDArray, y: NDArray) -> None:
        half = np.multiply(slope, slope, out=like(d))
        half /= 2 * sharpness
        np.multiply(d, slope, out=y)
        y -= half

    chunked(piece, d, slope, out)
    return out


def contrastive_factor(
    squared: NDArray, similar: NDArray, margin: float, legacy: bool
) -> tuple[float, NDArray]:
    """The loss of pairs at squared distances d^2, and its derivative as a factor of a - b.

    A similar pair costs d^2, another one max(0, margin - d)^2: those that mean the same are
    pulled together, others pushed apart until they are `margin` away.  The derivatives by a
    are 2 (a - b) and -2 (margin - d)/d (a - b).  legacy: max(0, margin - d^2) instead.

    squared (N) and similar (N, booleans) -> sum of losses, factor (N).
    """
    if legacy:
        short = np.maximum(margin - squared, 0)
        apart, factor = short, -2 * np.sign(short)
    else:
        distance = np.sqrt(squared)
        short = np.maximum(margin - distance, 0)
        apart, factor = short * short, -2 * short / (distance + DISTANCE_EPSILON)
    loss = float(np.where(similar, squared, apart).sum())
    return loss, np.where(similar, squared.dtype.type(2), factor)
