"""Losses: how wrong the outputs of a net are, as one number, and where they should go.

Losses over classes see scores and probabilities as (outer, classes, inner) arrays and
labels as whole numbers (outer, inner), all in range.  `ignored` marks places that do not
count, (outer, inner) or None; what label stands there is of no importance.

Loss functions give the sum over the batch, the caller divides.  Backward functions get
`scale`, the factor by which that sum enters the net's loss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Smallest normal float32: probabilities are held above it before the logarithm.
TINY = 1.17549435e-38
#: The older losses hold them above this instead.
LOG_THRESHOLD = 1e-20
#: Keeps the gradient of a distance finite where the distance is 0.
DISTANCE_EPSILON = 1e-4


def at_labels(x: NDArray, label: NDArray) -> NDArray:
    """x[o, label[o, i], i] for all o, i: (outer, inner)."""
    return np.take_along_axis(x, label[:, None, :], axis=1)[:, 0, :]


def _put_at_labels(x: NDArray, label: NDArray, values: NDArray) -> None:
    np.put_along_axis(x, label[:, None, :], values[:, None, :], axis=1)


def cross_entropy(
    p: NDArray, label: NDArray, ignored: NDArray | None = None, floor: float = TINY
) -> float:
    """sum of -log max(p_label, floor)"""
    losses = np.maximum(at_labels(p, label), floor)
    np.log(losses, out=losses)
    if ignored is not None:
        losses[ignored] = 0
    return -float(losses.sum())


def softmax_cross_entropy_backward(
    p: NDArray, label: NDArray, ignored: NDArray | None, scale: float, *, out: NDArray
) -> NDArray:
    """dx_k = scale * (p_k - (k == label)), p being the softmax of x.

    The derivative of -log is -1/p; all of softmax's own derivative cancels against it.
    """
    np.multiply(p, scale, out=out)
    right = at_labels(p, label)
    right -= 1
    right *= scale
    _put_at_labels(out, label, right)
    return _clear(out, ignored)


def cross_entropy_backward(
    p_label: NDArray, label: NDArray, scale: float, *, out: NDArray
) -> NDArray:
    """dp_k = -scale / max(p_label, 1e-20) at the label, 0 elsewhere."""
    out.fill(0)
    _put_at_labels(out, label, -scale / np.maximum(p_label, LOG_THRESHOLD))
    return out


def infogain(p: NDArray, rows: NDArray, ignored: NDArray | None, *, work: NDArray) -> float:
    """sum of -H[label, k] * log max(p_k, 1e-20) over all k; rows[o, k, i] = H[label[o, i], k]."""
    np.maximum(p, LOG_THRESHOLD, out=work)
    np.log(work, out=work)
    work *= rows
    _clear(work, ignored)
    return -float(work.sum())


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


def hinge_margins(x: NDArray, label: NDArray, *, out: NDArray) -> NDArray:
    """max(0, 1 - s x), with s = 1 at the label and -1 elsewhere."""
    np.add(x, 1, out=out)
    _put_at_labels(out, label, 1 - at_labels(x, label))
    return np.maximum(out, 0, out=out)


def hinge_backward(
    margins: NDArray, label: NDArray, squared: bool, scale: float, *, out: NDArray
) -> NDArray:
    """dx = -s * scale where the margin is not 0, times 2 margin for the squared hinge."""
    if squared:
        np.multiply(margins, 2 * scale, out=out)
    else:
        np.sign(margins, out=out)
        out *= scale
    _put_at_labels(out, label, -at_labels(out, label))
    return out


def sigmoid_cross_entropy(x: NDArray, t: NDArray, *, out: NDArray) -> NDArray:
    """Loss of each value: -t log s(x) - (1 - t) log(1 - s(x)), s the sigmoid.

    As max(x, 0) - x t + log(1 + e^-|x|), which cannot overflow.
    """
    np.abs(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    out -= x * t
    out += np.maximum(x, 0)
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
        apart, factor = short, -2.0 * (short > 0)
    else:
        distance = np.sqrt(squared)
        short = np.maximum(margin - distance, 0)
        apart, factor = short * short, -2 * short / (distance + DISTANCE_EPSILON)
    loss = float(np.where(similar, squared, apart).sum())
    return loss, np.where(similar, 2, factor).astype(squared.dtype, copy=False)
