"""Rule: how a gradient becomes a step.  One subclass a file, one kernel call each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from google.protobuf.message import Message
from numpy.typing import DTypeLike, NDArray

from ..errors import ProtonetError
from ..log import log
from ..proto.source_map import SolverDefinition
from ._fault import fault

#: Settings that not every rule has.
SETTINGS = ("momentum", "momentum2", "rms_decay", "delta")


class Rule:
    """Base of the update rules.

    A rule owns the history: flat arrays over all learnable parameters, in their order, as
    many as `kinds`.  That is also the order of a .solverstate: all of the first kind, then
    all of the second.
    """

    type: ClassVar[str] = ""
    #: How many history arrays the rule keeps.
    kinds: ClassVar[int] = 1
    #: Those of `SETTINGS` that have a meaning for the rule.
    reads: ClassVar[tuple[str, ...]] = ("momentum",)

    def __init__(self, definition: SolverDefinition, count: int, dtype: DTypeLike) -> None:
        """count: how many values there are to learn."""
        self.param = definition.message
        self._refuse_momentum(definition)
        for warning in self.doubts(definition):
            log.warning("%s", warning)
        self.check(definition)
        self.history: list[NDArray] = [np.zeros(count, dtype) for _ in range(self.kinds)]

    def _refuse_momentum(self, definition: SolverDefinition) -> None:
        """An error for momentum, as in Caffe."""
        if "momentum" not in self.reads and self.param.momentum != 0:
            raise fault(
                definition,
                f"{self.type} has no momentum",
                "take momentum out, or use SGD, Nesterov or Adam",
                "momentum",
            )

    @classmethod
    def doubts(cls, definition: SolverDefinition) -> Iterator[ProtonetError]:
        """What to warn of: settings that the rule, as in Caffe, does not look at."""
        param: Message = definition.message
        for field in SETTINGS[1:]:
            if field not in cls.reads and param.HasField(field):
                yield fault(definition, f"{cls.type} does not read {field}", "take it out", field)

    def check(self, definition: SolverDefinition) -> None:
        """Raise SolverError if a setting makes no sense for the rule."""

    def rate(self, rate: float, iteration: int) -> float:
        """The learning rate of the iteration, corrected if the rule does so."""
        return rate

    def update(self, w: NDArray, g: NDArray, history: Sequence[NDArray], rate: float) -> None:
        """Step `w` along the gradient `g`, which afterwards holds the step.

        All are flat pieces of one length.
        """
        raise NotImplementedError
