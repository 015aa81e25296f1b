"""Areas below small curves, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.cli import scores
from protonet.kernels.average_precision import VERSIONS, average_precision

R, W = True, False


@pytest.mark.parametrize("version", VERSIONS)
def test_the_ends(version):
    assert average_precision(np.array([R, R]), 2, version) == pytest.approx(1)
    assert average_precision(np.array([R, R, W, W]), 2, version) == pytest.approx(1)
    assert average_precision(np.array([W, W]), 2, version) == 0
    assert average_precision(np.array([], bool), 2, version) == 0
    assert average_precision(np.array([W]), 0, version) == 0


@pytest.mark.parametrize(
    ("right", "truths", "version", "want"),
    [
        # Precision 1, 1/2, 2/3, 2/4 at recall 1/4, 1/4, 2/4, 2/4.
        ([R, W, R, W], 4, "Integral", (1 + 2 / 3) / 4),
        ([R, W, R, W], 4, "MaxIntegral", (1 + 2 / 3) / 4),
        # At recalls 0, 0.1, 0.2: 1; at 0.3, 0.4, 0.5: 2/3; none above.
        ([R, W, R, W], 4, "11point", (3 + 3 * 2 / 3) / 11),
        # The second right one lifts the precision of the first, 1/3 at 1/2 and 2/4 at 1.
        ([W, W, R, R], 2, "Integral", (1 / 3 + 2 / 4) / 2),
        ([W, W, R, R], 2, "MaxIntegral", (2 / 4 + 2 / 4) / 2),
        ([W, W, R, R], 2, "11point", 2 / 4),
        # 1, 1/2, 1/3, 2/4, 3/5 at 1/3, 1/3, 1/3, 2/3, 1: 2/4 gives way to the 3/5 behind it.
        ([R, W, W, R, R], 3, "Integral", (1 + 2 / 4 + 3 / 5) / 3),
        ([R, W, W, R, R], 3, "MaxIntegral", (1 + 3 / 5 + 3 / 5) / 3),
    ],
)
def test_curves(right, truths, version, want):
    assert average_precision(np.array(right), truths, version) == pytest.approx(want)


def test_recalls_are_of_single_precision():
    """7 of 10: 0.7 in single precision is below 0.7, 0.3 is not below 0.3."""
    right = np.array([R] * 7)
    assert average_precision(right, 10, "11point") == pytest.approx(7 / 11)
    assert average_precision(right[:3], 10, "11point") == pytest.approx(4 / 11)


def test_the_command_offers_the_same_ways():
    assert scores.VERSIONS == VERSIONS
