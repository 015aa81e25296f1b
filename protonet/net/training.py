"""The executor of a net that is trained: runs of layers that work in place, as one.

BatchNorm, Scale and ReLU go through memory many times when each computes all of a blob before the
next; together they compute a few channels at a time.  Blobs, gradients and statistics are the same
up to rounding.  Whoever looks between the layers, by hooks or passes that begin or end there, gets
them one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs, Layer
from ..kernels import batch_norm
from ..layers.batch_norm import BatchNorm
from ..layers.relu import ReLU
from ..layers.scale import Scale
from .executor import Executor, Grouped
from .step import Step


def executor_of(steps: Sequence[Step]) -> Executor:
    """The one for a net that nobody optimised."""
    runs = [run for step in steps if (run := _run_from(steps, step.index)) is not None]
    return Training(steps, runs) if runs else Executor(steps)


class Training(Grouped):
    """Runs those that normalise a blob together."""

    def __init__(self, steps: Sequence[Step], runs: Sequence[Normalisation]) -> None:
        self._runs = runs
        fewer = {step.index: step for step in steps}
        for run in runs:
            for part in run.parts:
                del fewer[part.index]
            fewer[run.parts[0].index] = run.step()
        super().__init__(steps, [fewer[index] for index in sorted(fewer)])

    def settle(self) -> None:
        for run in self._runs:
            run.settle()


class Normalisation(Layer):
    """BatchNorm with the statistics of the batch, Scale and maybe ReLU, all but the first in place.

    parts: their steps.
    """

    reshape_always = True  # each part knows whether it has to be

    def __init__(self, parts: Sequence[Step]) -> None:
        # Not the base's: there is no random stream to be drawn, and nothing to be read.
        self.parts = list(parts)
        norm, scale = parts[0].layer, parts[1].layer
        assert isinstance(norm, BatchNorm) and isinstance(scale, Scale)
        self.norm, self.scale = norm, scale
        self.rectify = len(parts) > 2
        self.param = self.norm.param
        self._ahead = False

    def step(self) -> Step:
        """What runs in their place, in the turn of the first."""
        last = self.parts[-1]
        return replace(self.parts[0], layer=self, top=last.top, shapes=None)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for part in self.parts:
            try:
                part.reshape()
            except Exception as error:
                part.locate(error)
                raise

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        norm, view = self.norm, self.norm.view
        mean, var = norm.scratch("mean", view[1:2]), norm.scratch("var", view[1:2])
        batch_norm.forward(
            bottom[0].data.reshape(view),
            batch_norm.Affine(*self._numbers()),
            self.rectify,
            norm.param.batch_norm_param.eps,
            top[0].data.reshape(view),
            norm.normalised(),
            batch_norm.Statistics(mean, var, norm.inv_std()[0]),
        )
        norm.accumulate(mean, var, view[0] * view[2])
        self._ahead = True

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        norm, view = self.norm, self.norm.view
        sums = norm.scratch("sums", (2, view[1]))
        batch_norm.backward(
            top[0].diff.reshape(view),
            top[0].data.reshape(view) if self.rectify else None,
            self.scale.blobs[0].data,
            norm.normalised(),
            norm.inv_std()[0],
            bottom[0].diff.reshape(view),
            batch_norm.Affine(*sums),
        )
        for wanted, blob, total in zip(self.scale.param_propagate_down, self.scale.blobs, sums):
            if wanted:
                np.add(blob.diff, total, out=blob.diff)

    def _numbers(self) -> tuple[NDArray, NDArray | None]:
        """Factors and shifts."""
        values = [blob.data for blob in self.scale.blobs]
        return values[0], values[1] if len(values) > 1 else None

    def settle(self) -> None:
        """Have each layer know what it would if it had run by itself."""
        if self._ahead:
            part = self.parts[1]
            np.copyto(self.scale.input_values(part.bottom, part.top), self.norm.normalised())
            self._ahead = False


def _run_from(steps: Sequence[Step], at: int) -> Normalisation | None:
    """The layers from a position on that can be run together, if there are such."""
    norm, *others = steps[at : at + 3]
    if type(norm.layer) is not BatchNorm or not norm.layer.of_one_batch or not _learns(norm):
        return None
    parts = [norm]
    for step, suits in zip(others, (_scales_channels, _rectifies)):
        if step.bottom != norm.top or step.top != norm.top or not suits(step) or not _learns(step):
            break
        parts.append(step)
    return Normalisation(parts) if len(parts) > 1 else None


def _learns(step: Step) -> bool:
    """Does a gradient go through it, and is it no loss?"""
    return step.needs_backward and all(step.propagate_down) and not step.losses


def _scales_channels(step: Step) -> bool:
    layer, x = step.layer, step.bottom[0]
    if type(layer) is not Scale or x.axis(layer.param.scale_param.axis) != 1:
        return False
    return layer.blobs[0].shape == x.shape[1:2]


def _rectifies(step: Step) -> bool:
    return type(step.layer) is ReLU and step.layer.slope == 0 and step.layer.high == math.inf
