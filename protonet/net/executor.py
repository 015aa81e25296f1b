"""Executor: runs steps forward and backward, with hooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..kernels.blas import blas_single
from .step import Step

Hook = Callable[[int], object]


class Executor:
    """Runs steps, each of which has its layer and its blobs.

    steps: what is run, in rising order of `index`, the position of a layer in the net.
    layers: how many the net has (None: as many as there are steps).

    Passes begin and end at positions of layers, and hooks get them, whatever is left out of
    the steps: hooks are called in the turn of a layer that was, though nothing runs then.
    """

    def __init__(self, steps: Sequence[Step], layers: int | None = None) -> None:
        self.steps = steps
        self.layers = len(steps) if layers is None else layers
        self._at: list[Step | None] = [None] * self.layers
        for step in steps:
            self._at[step.index] = step

    def forward(
        self,
        first: int = 0,
        last: int | None = None,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> float:
        """Run the layers `first` to `last` (None: the last); returns the loss, a weighted sum.

        before, after: hooks around each layer.
        """
        loss, at = 0.0, self._at
        with blas_single():
            for i in range(first, len(at) if last is None else last + 1):
                for hook in before:
                    hook(i)
                step = at[i]
                if step is not None:
                    step.forward()
                    if step.losses:
                        loss = step.add_losses(loss)
                for hook in after:
                    hook(i)
        return loss

    def backward(
        self,
        first: int | None = None,
        last: int = 0,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> None:
        """Run the layers `first` (None: the last) down to `last` backward."""
        with blas_single():
            for i in range(len(self._at) - 1 if first is None else first, last - 1, -1):
                for hook in before:
                    hook(i)
                step = self._at[i]
                if step is not None and step.needs_backward:
                    try:
                        step.layer.backward(step.top, step.propagate_down, step.bottom)
                    except Exception as error:
                        step.locate(error)
                        raise
                for hook in after:
                    hook(i)

    def reshape(self) -> None:
        """Shape all blobs anew, after some were reshaped from outside."""
        for step in self.steps:
            try:
                step.shapes = None
                step.reshape()
            except Exception as error:
                step.locate(error)
                raise

    @property
    def extra_bytes(self) -> int:
        """Memory that no blob and no layer of the net shows."""
        return 0

    def refresh(self) -> None:
        """Forget what was worked out from the weights, after they have changed."""


class Grouped(Executor):
    """Runs all steps; in whole passes without hooks, where nobody looks between them, `fewer`, of
    which some do the work of several."""

    def __init__(self, steps: Sequence[Step], fewer: Sequence[Step]) -> None:
        super().__init__(steps)
        self.fewer = Executor(fewer, len(steps))

    def forward(
        self,
        first: int = 0,
        last: int | None = None,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> float:
        if first == 0 and last in (None, self.layers - 1) and not before and not after:
            return self.fewer.forward()
        self.settle()
        return super().forward(first, last, before, after)

    def backward(
        self,
        first: int | None = None,
        last: int = 0,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> None:
        if first in (None, self.layers - 1) and last == 0 and not before and not after:
            return self.fewer.backward()
        self.settle()
        return super().backward(first, last, before, after)

    def settle(self) -> None:
        """Before steps run one by one: do for them what the fewer ones put off."""
