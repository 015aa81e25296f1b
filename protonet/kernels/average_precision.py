"""Average precision: one number for how well detections of a class are ranked.

Taken from the front, detections find more and more of the truths (recall) and more and more of
them are wrong (precision falls); the average precision is the area below that curve.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Ways to take the area, as in SolverParameter.ap_version.
VERSIONS = ("Integral", "MaxIntegral", "11point")


def average_precision(right: NDArray, truths: int, version: str = "Integral") -> float:
    """right (N), booleans by falling score, of a class with so many truths -> 0 to 1.

        Integral     sum of precision times step of recall
        MaxIntegral  the same with the best precision from there on (VOC 2012)
        11point      the mean, over recalls 0, 0.1, ... 1, of the best precision from there on
                     (VOC 2007)

    Quirk of SSD's solver kept: 11point compares recalls of single precision, for which 0.7 is
    below 0.7.
    """
    if not len(right) or not truths:
        return 0.0
    found = np.cumsum(right)
    precision = found / np.arange(1, len(right) + 1)
    recall = found / truths
    best = np.maximum.accumulate(precision[::-1])[::-1]
    if version == "Integral":
        return float(np.sum(precision * np.diff(recall, prepend=0)))
    if version == "MaxIntegral":
        return float(np.sum(best * np.diff(recall, prepend=0)))
    levels = np.searchsorted(recall.astype(np.float32).astype(float), np.arange(11) / 10)
    return float(np.append(best, 0)[levels].sum() / 11)
