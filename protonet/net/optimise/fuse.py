"""Let a product do the work of the layers that follow it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from ...core.blob import Blob
from ...core.layer import Layer
from ...layers.convolution import Convolution
from ...layers.inner_product import InnerProduct
from ..step import Step
from .affine import is_affine
from .epilogue import Operation, activation, add, is_sum
from .flow import Flow, memory
from .fused import Fused, FusedAffine, FusedConvolution, FusedInnerProduct, LiveConvolution


def fuse(steps: Sequence[Step], kept: Container[int], live: bool = False) -> list[Step]:
    """One step for a Convolution, an InnerProduct or an affine layer (BatchNorm, Scale, Bias)
    and what follows it, where nobody else reads the values between them:

    * affine layers straight behind it become part of its weights, which are copied;
    * ReLU, ReLU6, PReLU, Clip, and a plain Eltwise SUM whose other operands are there already,
      are done to each piece of the result while it is hot.

    kept: memories whose values are to be there after the pass.  live: fuse Convolutions alone, and
    such that weights are read anew in each pass.
    """
    flow = Flow(steps)
    fused: list[Step] = []
    runs_at: dict[int, int] = {}  # position of a step -> that of the one it is fused with
    for at, step in enumerate(steps):
        if at in runs_at:
            continue
        kind = host(step)
        if live:
            kind = LiveConvolution if kind is FusedConvolution else None
        if kind is not None:
            chain = _Chain(flow, kept, at, runs_at)
            if kind is FusedAffine:
                chain.affine.append(step.layer)
            chain.follow()
            if len(chain.at) > 1 or kind in (FusedConvolution, FusedInnerProduct):
                step = chain.step(kind)
        fused.append(step)
    return fused


def host(step: Step) -> type[Fused] | None:
    """The class that can run a step's layer with others behind it."""
    layer = step.layer
    if step.idle or step.losses or len(step.bottom) != 1 or len(step.top) != 1:
        return None
    if isinstance(layer, Convolution) and layer.axis == 1:
        # A kind of its own may compute something else.
        return FusedConvolution if type(layer).forward is Convolution.forward else None
    if type(layer) is InnerProduct and layer.axis == 1:
        return None if layer.param.inner_product_param.normalize else FusedInnerProduct
    return FusedAffine if is_affine(step) else None


class _Chain:
    """A step and those after it that are fused with it.  at: their positions.  others: blobs
    that the result is added to."""

    def __init__(
        self, flow: Flow, kept: Container[int], first: int, runs_at: dict[int, int]
    ) -> None:
        self._flow, self._kept, self._runs_at, self.at = flow, kept, runs_at, [first]
        self.affine: list[Layer] = []
        self.operations: list[Operation] = []
        self.others: list[Blob] = []

    @property
    def _top(self) -> Blob:
        return self._flow.steps[self.at[-1]].top[0]

    def follow(self) -> None:
        """Take in all that can be."""
        while (at := self._flow.only_reader(self._top, self.at[-1])) is not None:
            step = self._flow.steps[at]
            if step.losses or len(step.top) != 1:
                return
            if memory(step.top[0]) != memory(self._top) and memory(self._top) in self._kept:
                return
            if not self._take(step, at):
                return
            self.at.append(at)
            self._runs_at[at] = self.at[0]

    def _take(self, step: Step, at: int) -> bool:
        if is_affine(step) and not self.operations:
            self.affine.append(step.layer)
            return True
        if is_sum(step):
            others = [blob for blob in step.bottom if memory(blob) != memory(self._top)]
            if len(others) < len(step.bottom) - 1 or not all(self._there(b, at) for b in others):
                return False
            self.others += others
            self.operations += [add(blob) for blob in others]
            return True
        operation = activation(step.layer)
        if operation is None:
            return False
        self.operations.append(operation)
        return True

    def _there(self, blob: Blob, at: int) -> bool:
        """Does the value that the step at `at` reads exist when the first step runs?"""
        writer = self._flow.writer(blob, at)
        return writer is not None and self._runs_at.get(writer, writer) < self.at[0]

    def step(self, kind: type[Fused]) -> Step:
        parts = [self._flow.steps[at] for at in self.at]
        return replace(
            parts[0],
            layer=kind(parts, self.affine, self.operations),
            bottom=[*parts[0].bottom, *self.others],
            top=parts[-1].top,
            top_names=parts[-1].top_names,
            shapes=None,
        )
