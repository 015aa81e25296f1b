"""Rule: how a gradient becomes a step.  One subclass a file, one kernel call each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..proto.source_map import SolverDefinition
from ._fault import fault


class Rule:
    """Base of the update rules.

    A rule owns the history: flat arrays over all learnable parameters, in their order, as
    many as `kinds`.  That is also the order of a .solverstate: all of the first kind, then
    all of the second.
    """

    type: ClassVar[str] = ""
    #: How many history arrays the rule keeps.
    kinds: ClassVar[int] = 1
    #: Whether momentum has a meaning for the rule.
    takes_momentum: ClassVar[bool] = True

    def __init__(self, text: SolverDefinition, count: int, dtype: DTypeLike) -> None:
        """text: the solver's definition.  count: how many values there are to learn."""
        self.param: Any = text.message
        if not self.takes_momentum and self.param.momentum != 0:
            raise fault(
                text,
                f"{self.type} has no momentum",
                "take momentum out, or use SGD, Nesterov or Adam",
                "momentum",
            )
        self.check(text)
        self.history: list[NDArray] = [np.zeros(count, dtype) for _ in range(self.kinds)]

    def check(self, text: SolverDefinition) -> None:
        """Raise SolverError if a setting makes no sense for the rule."""

    def rate(self, rate: float, iteration: int) -> float:
        """The learning rate of the iteration, corrected if the rule does so."""
        return rate

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        """Step `w` along the gradient `g`, which afterwards holds the step.

        All are flat pieces of one length.
        """
        raise NotImplementedError
