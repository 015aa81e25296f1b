"""Ranges: which numbers a field of a layer's parameter may hold, as data.

A layer declares them, `{"num_output": Range(1, required=True)}`; they are checked before its
`setup`, printed in its page, and the tests make bad values from them.
"""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """low to high, both included (None: no bound).  required: it must be given, no default."""

    low: float | None = None
    high: float | None = None
    required: bool = False

    def holds(self, value: float) -> bool:
        """NaN lies in no range."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.low is None:
            return f"{self.high:g} or less"
        return f"{self.low:g} or more" if self.high is None else f"{self.low:g} to {self.high:g}"
