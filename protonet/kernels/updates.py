"""What a solver does to the parameters: arrays in, arrays out, everything in place.

w: parameters.  g: their gradient; on return the step that was taken, as in Caffe, where a
parameter's diff holds its update after `step`.  h, u, m, v: history, kept from iteration
to iteration.  rate: learning rate times lr_mult.  s, t: scratch of the thread's own.

All arrays are flat pieces of one length.  A piece should fit the cache, because every line
below is one pass over it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .scratch import buffer


def _scratch(name: str, like: NDArray) -> NDArray:
    return buffer(name, like.shape, like.dtype)


def decay_l2(w: NDArray, g: NDArray, decay: float) -> None:
    """g += decay * w: the gradient of decay/2 * |w|^2."""
    s = _scratch("s", w)
    np.multiply(w, decay, out=s)
    g += s


def decay_l1(w: NDArray, g: NDArray, decay: float) -> None:
    """g += decay * sign(w): the gradient of decay * |w|, taken as 0 at 0."""
    s = _scratch("s", w)
    np.sign(w, out=s)
    s *= decay
    g += s


def sgd(w: NDArray, g: NDArray, h: NDArray, rate: float, momentum: float) -> None:
    """h = momentum h + rate g;  w -= h.

    The rate is inside the history: a drop of the rate takes a while to reach old gradients.
    """
    g *= rate
    h *= momentum
    g += h
    h[...] = g
    w -= g


def nesterov(w: NDArray, g: NDArray, h: NDArray, rate: float, momentum: float) -> None:
    """h' = momentum h + rate g;  w -= (1 + momentum) h' - momentum h: a look ahead."""
    s = _scratch("s", w)
    np.multiply(h, momentum, out=s)
    g *= rate
    g += s
    h[...] = g
    g *= 1.0 + momentum
    g -= s
    w -= g


def adagrad(w: NDArray, g: NDArray, h: NDArray, rate: float, delta: float) -> None:
    """h += g^2;  w -= rate g / (sqrt(h) + delta)."""
    s = _scratch("s", w)
    np.multiply(g, g, out=s)
    h += s
    _scale(g, h, rate, delta)
    w -= g


def rmsprop(w: NDArray, g: NDArray, h: NDArray, rate: float, decay: float, delta: float) -> None:
    """h = decay h + (1 - decay) g^2;  w -= rate g / (sqrt(h) + delta)."""
    _blend_square(h, g, decay)
    _scale(g, h, rate, delta)
    w -= g


def adadelta(
    w: NDArray,
    g: NDArray,
    h: NDArray,
    u: NDArray,
    rate: float,
    momentum: float,
    delta: float,
) -> None:
    """d = g sqrt((u + delta) / (h + delta));  w -= rate d, with h and u the running means
    of g^2 (this one included) and d^2 (before this one); momentum is their decay."""
    _blend_square(h, g, momentum)
    s, t = _scratch("s", w), _scratch("t", w)
    np.add(h, delta, out=s)
    np.add(u, delta, out=t)
    t /= s
    np.sqrt(t, out=t)
    g *= t
    _blend_square(u, g, momentum)
    g *= rate
    w -= g


def adam(
    w: NDArray,
    g: NDArray,
    m: NDArray,
    v: NDArray,
    rate: float,
    beta1: float,
    beta2: float,
    delta: float,
) -> None:
    """m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
    w -= rate m / (sqrt(v) + delta).  `rate` includes the correction of the early steps."""
    _blend_square(v, g, beta2)
    m *= beta1
    g *= 1.0 - beta1
    m += g
    g[...] = m
    _scale(g, v, rate, delta)
    w -= g


def adam_correction(beta1: float, beta2: float, t: int) -> float:
    """sqrt(1 - beta2^t) / (1 - beta1^t): m and v start at 0 and are too small at first."""
    return float((1.0 - beta2**t) ** 0.5 / (1.0 - beta1**t))


#: History below this has no effect on anything.
NEGLIGIBLE = 1e-34


def flush(h: NDArray) -> None:
    """Set what is negligible in h to 0.

    The history of a parameter whose gradient has become exactly 0 (a dead ReLU) shrinks by
    the same factor each time, until it is denormal: then it shrinks no further, and every
    operation on it takes the processor some forty times as long.
    """
    s = _scratch("s", h)
    tiny = buffer("tiny", h.shape, np.bool_)
    np.abs(h, out=s)
    np.less(s, NEGLIGIBLE, out=tiny)
    np.copyto(h, 0, where=tiny)


def _blend_square(h: NDArray, g: NDArray, decay: float) -> None:
    """h = decay h + (1 - decay) g^2."""
    s = _scratch("s", g)
    np.multiply(g, g, out=s)
    s *= 1.0 - decay
    h *= decay
    h += s


def _scale(g: NDArray, h: NDArray, rate: float, delta: float) -> None:
    """g = rate g / (sqrt(h) + delta)."""
    s = _scratch("s", g)
    np.sqrt(h, out=s)
    s += delta
    g *= rate
    g /= s
