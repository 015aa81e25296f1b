"""Round numbers along an axis."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from protonet.viz.ticks import labels, linear_ticks, log_ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 1000, 5, [0, 500, 1000]),
        (0, 300, 4, [0, 100, 200, 300]),
        (-1e300, 1e300, 3, [-1e300, 0, 1e300]),
        (0.00978, 0.01, 3, [0.0098, 0.0099, 0.01]),
    ],
)
def test_known(low, high, most, ticks):
    assert linear_ticks(low, high, most) == pytest.approx(ticks)


@pytest.mark.parametrize("seed", range(20))
def test_any_range(seed):
    """Inside, equally far apart, not too many, and never none."""
    draw = random.Random(seed)
    low = draw.uniform(-1, 1) * 10 ** draw.randint(-8, 8)
    high = low + draw.random() * 10 ** draw.randint(-3, 8)
    most = draw.randint(2, 9)
    ticks = linear_ticks(low, high, most)
    assert 1 <= len(ticks) <= most
    width = high - low
    assert all(low - 1e-6 * width <= tick <= high + 1e-6 * width for tick in ticks)
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert all(math.isclose(step, steps[0], rel_tol=1e-4) for step in steps)


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0.003, 2.4, 6, [0.01, 0.1, 1.0]),
        (1e-9, 1.0, 4, [1e-9, 1e-6, 1e-3, 1.0]),
        (0.3, 4.0, 6, [0.5, 1.0, 2.0]),
        (3.0, 4.0, 6, [3.0, 3.2, 3.4, 3.6, 3.8, 4.0]),
        (0.8, 30, 8, [1, 2, 5, 10, 20]),
    ],
)
def test_powers_of_ten(low, high, most, ticks):
    assert log_ticks(low, high, most) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("ticks", "told"),
    [
        ([0, 0.5, 1.0], ["0.0", "0.5", "1.0"]),
        ([0.0098, 0.01], ["0.0098", "0.0100"]),
        ([0, 20000.0], ["0", "20,000"]),
        ([0.001, 0.01, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"]),
        ([0, 2e7], ["0", "2e+07"]),
        ([], []),
    ],
)
def test_labels(ticks, told):
    assert labels(ticks) == told
