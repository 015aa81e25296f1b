"""Round numbers along an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` (2 or more) multiples of 1, 2 or 5 times a power of ten.

    >>> linear_ticks(0.03, 1.9, 5)
    [0.5, 1.0, 1.5]
    """
    step = _step((high - low) / (most + 1))
    while True:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [_rounded(k * step) for k in range(first, last + 1)]
        step = _step(1.5 * step)


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` (2 or more) powers of ten; with 2 and 5 times them if there is room.

    >>> log_ticks(0.002, 3, 8)
    [0.01, 0.1, 1.0]
    >>> log_ticks(0.8, 30, 8)
    [1.0, 2.0, 5.0, 10.0, 20.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    fine = [float(f"{f}e{k}") for k in range(first, last + 1) for f in (1, 2, 5)]
    fine = [tick for tick in fine if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    powers = [tick for tick in fine if f"{tick:e}".startswith("1.0")]
    if len(powers) < 3 and len(fine) <= most:
        return fine if len(fine) > 1 else linear_ticks(low, high, most)
    return powers[:: math.ceil(len(powers) / most)]


def labels(ticks: Sequence[float]) -> list[str]:
    """The ticks as text, all with as many decimals as the finest needs.

    >>> labels([0, 0.5, 1]), labels([0, 20000]), labels([0.001, 0.01]), labels([1e-7, 1e-6])
    (['0.0', '0.5', '1.0'], ['0', '20,000'], ['0.001', '0.010'], ['1e-07', '1e-06'])
    """
    largest = max(map(abs, ticks), default=0.0)
    least = min((abs(tick) for tick in ticks if tick), default=1.0)
    if largest >= 1e7 or least < 1e-4:
        return [f"{tick:g}" for tick in ticks]
    if largest >= 100 * least and least < 0.1:
        return [f"{tick:g}" for tick in ticks]
    decimals = max((len(f"{tick:.6g}".partition(".")[2]) for tick in ticks), default=0)
    return [f"{tick:,.{decimals}f}" for tick in ticks]


def _step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= least * (1 - 1e-9))


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")
