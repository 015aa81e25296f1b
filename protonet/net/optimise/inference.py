"""The executor of an optimised net."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ...errors import NetError
from ...kernels.team import possible
from ..executor import Executor, Hook
from ..step import Step
from .fused import Fused
from .memory import Pool
from .together import Together


class Inference(Executor):
    """Runs steps that were optimised: as a whole, and forward only."""

    def __init__(self, steps: Sequence[Step], layers: int, pool: Pool, processes: int) -> None:
        super().__init__(steps, layers)
        self.pool = pool
        several = processes > 1 and possible()
        self._together = Together(steps, layers, pool, processes) if several else None

    def forward(
        self,
        first: int = 0,
        last: int | None = None,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> float:
        if first > 0 or last not in (None, self.layers - 1):
            raise NetError(
                "an optimised net runs as a whole, not from one layer to another",
                "build it without optimize",
            )
        with self.pool:
            alone = partial(super().forward, first, last, before, after)
            if self._together is None:
                return alone()
            return self._together.forward(alone, before, after)

    def backward(
        self,
        first: int | None = None,
        last: int = 0,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> None:
        raise NetError(
            "the net is optimised for inference and has no backward pass",
            "build it without optimize",
        )

    def reshape(self) -> None:
        with self.pool:
            super().reshape()

    @property
    def extra_bytes(self) -> int:
        folded = (s.layer.folded_bytes for s in self.steps if isinstance(s.layer, Fused))
        return sum(slot.flat.nbytes for slot in self.pool.slots) + sum(folded)

    def refresh(self) -> None:
        if self._together is not None:
            self._together.part()
        for step in self.steps:
            if isinstance(step.layer, Fused):
                step.layer.refresh()
