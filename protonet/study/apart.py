"""A layer of a net by itself, with the values it has there, to be moved a little."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Layer
from ..net.step import Step
from .differences import Move
from .flow import Flow, spread

#: How far values are moved, for a blob whose largest is 1.
STEP = 1e-6
#: Such a blob's values are cut to multiples of this, and get one of as many places between them:
#: neighbours, and 0, are then farther apart than they are moved.
_CUT, _PLACES = 1e-2, 1021


def largest(values: NDArray) -> float:
    """The largest amount of those that are finite; 1 if all are 0."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0


def apart(values: NDArray, turn: int) -> NDArray:
    """Almost the values (within a hundredth of the largest), none at 0 and no two of a window
    alike, nor any of two blobs of different `turn`."""
    cut = _CUT * largest(values)
    place = (np.arange(values.size) % _PLACES + (turn + 1) / (turn + 2)) / _PLACES
    return (np.floor(values / cut) + place.reshape(values.shape)) * cut


class Apart:
    """A layer of a net on blobs of its own, so that the net goes on as if nothing had been."""

    def __init__(self, step: Step, flows: Flow, rng: np.random.Generator) -> None:
        self.layer: Layer = step.layer
        self.wanted = flows.into(step)
        self.bottom = [_twin(blob) for blob in step.bottom]
        self.top = [Blob(blob.shape, np.float64) for blob in step.top]
        for i, (blob, wanted) in enumerate(zip(self.bottom, self.wanted)):
            if wanted:
                blob.data[...] = apart(blob.data, i)
        self._state = self.layer.state()
        self._parameters = [blob.data.copy() for blob in self.layer.blobs]
        self._needed = self.layer.needs_backward
        self.layer.needs_backward = True
        self.forward()
        diffs = flows.out_of(step)
        self.weights = [
            spread(rng, blob.shape) if used else np.zeros(blob.shape)
            for blob, used in zip(self.top, diffs)
        ]

    def forward(self) -> None:
        """A pass that draws what the first one drew, and goes on from the same state."""
        self.layer._rng = None
        if self._state is not None:
            self.layer.set_state(self._state)
        self.layer.reshape(self.bottom, self.top)
        self.layer.forward(self.bottom, self.top)

    def gradients(self) -> Iterator[tuple[str, Blob, NDArray]]:
        """(name, blob, what backward says) of the bottoms and parameters that take a gradient."""
        rates = [spec.lr_mult for spec in self.layer.param.param]
        learnt = [
            wanted and (i >= len(rates) or rates[i] != 0)
            for i, wanted in enumerate(self.layer.param_propagate_down)
        ]
        for blob in self.layer.blobs:
            blob.diff.fill(0)
        for blob, weights in zip(self.top, self.weights):
            blob.diff[...] = weights
        self.layer.backward(self.top, self.wanted, self.bottom)
        groups = (("bottom", self.bottom, self.wanted), ("blobs", self.layer.blobs, learnt))
        for kind, blobs, wanted in groups:
            for i, blob in enumerate(blobs):
                if wanted[i] and blob.count:
                    yield f"{kind}[{i}]", blob, blob.diff.copy()

    def restore(self, step: Step) -> None:
        """Leave the layer as it was, shaped for the net's own blobs."""
        for blob, values in zip(self.layer.blobs, self._parameters):
            blob.data[...] = values
            blob.diff.fill(0)
        self.layer._rng = None
        if self._state is not None:
            self.layer.set_state(self._state)
        self.layer.needs_backward = self._needed
        self.layer.reshape(step.bottom, step.top)

    def moved(self, blob: Blob, move: Move) -> list[NDArray]:
        """The tops with the values of one blob moved; all values are set back then."""
        values = blob.data.copy()
        move(blob.data)
        self.forward()
        found = [blob.data.copy() for blob in self.top]
        blob.data[...] = values
        for other, kept in zip(self.layer.blobs, self._parameters):
            if not np.array_equal(other.data, kept):  # statistics that forward has moved on
                other.data[...] = kept
        return found


def _twin(blob: Blob) -> Blob:
    twin = Blob(blob.shape, np.float64)
    twin.data[...] = blob.data
    return twin
