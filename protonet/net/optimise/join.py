"""Let convolutions write their results where Concat would copy them to."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from ...core.layer import Blobs, Layer
from ...layers.concat import Concat
from ..step import Step
from .flow import Flow, memory
from .fuse import host
from .fused import Fused, FusedConvolution, Place


def join(steps: Sequence[Step], kept: Set[int]) -> list[Step]:
    """Put the results of convolutions that only a Concat of channels reads straight into its
    top; what comes from other layers it copies as ever.

    kept: memories whose values are to be there after the pass.
    """
    result = list(steps)
    for at, step in enumerate(steps):
        if isinstance(step.layer, Concat) and not step.idle and step.layer.axis == 1:
            _join(result, at, step.layer, kept)
    return result


def _join(steps: list[Step], at: int, layer: Concat, kept: Set[int]) -> None:
    """Rewire the Concat at a position, and the steps before it that write its bottoms."""
    concat, flow, copied = steps[at], Flow(steps), []
    for i, blob in enumerate(concat.bottom):
        writer = flow.writer(blob, at)
        if (
            writer is None
            or memory(blob) in kept
            or flow.only_reader(blob, writer) != at
            or [memory(b) for b in concat.bottom].count(memory(blob)) > 1
            or steps[writer].top[0] is not blob
            or any(step.layer.reshape_always for step in steps[writer:at])
            or (fused := _convolution(steps[writer])) is None
        ):
            copied.append(i)
            continue
        behind, between = concat.bottom[:i], steps[writer + 1 : at + 1]
        fused.place = Place(fused.parts[-1], concat.top[0], behind, between)
        steps[writer] = replace(steps[writer], layer=fused, top=concat.top, shapes=None)
    if len(copied) < len(concat.bottom):
        steps[at] = replace(concat, layer=Rest(layer, copied), idle=not copied, shapes=None)


def _convolution(step: Step) -> Fused | None:
    """The layer of a step that is a convolution, alone or with others."""
    if isinstance(step.layer, FusedConvolution):
        return step.layer
    return FusedConvolution([step], [], []) if host(step) is FusedConvolution else None


class Rest(Layer):
    """A Concat some of whose bottoms are in their places already.  copied: the others."""

    def __init__(self, concat: Concat, copied: Sequence[int]) -> None:
        # Not the base's: there is nothing to be read.
        self.host, self.copied = concat, copied
        self.param, self.blobs = concat.param, []

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.host.reshape(bottom, top)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.host.copy(bottom, top, self.copied)
