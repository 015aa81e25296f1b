"""Layers that do the work of several: a product with what follows it, in one pass."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer
from ...kernels import affine, convolution, inner_product
from ...kernels.convolution import Epilogue, Piece
from ...layers.convolution import Convolution
from ...layers.inner_product import InnerProduct
from ..step import Step
from .affine import scale_and_shift
from .epilogue import Finish, Operation


class Fused(Layer):
    """Runs the layer of the first of some steps, the affine ones after it as part of its weights,
    and operations on each piece of the result while it is hot.

    parts: the steps it stands for, all shaped as ever.  affine: the layers to be folded in.
    operations: what is done to the result, in their order.  `place` says where the result goes,
    if not into a top of its own: see join.py.
    """

    def __init__(
        self, parts: Sequence[Step], affine: Sequence[Layer], operations: Sequence[Operation]
    ) -> None:
        # Not the base's: there is no random stream to be drawn, and nothing to be read.
        self.host = parts[0].layer
        self.param, self.phase, self.dtype = self.host.param, self.host.phase, self.host.dtype
        self.blobs, self.param_propagate_down, self.needs_backward = [], [], False
        self.parts, self.operations, self.place = list(parts), list(operations), Place(parts[-1])
        self._affine, self._folded = list(affine), False

    def refresh(self) -> None:
        """Fold the weights anew in the next pass."""
        self._folded = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for part in [*self.parts, *self.place.steps]:
            try:
                part.reshape()
            except Exception as error:
                part.locate(error)
                raise

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if not self._folded:
            if self._affine:
                self.fold(*scale_and_shift(self._affine, self.parts[0].top[0].shape[1]))
            self._folded = True
        y = self.place.values()
        places = y.reshape(*y.shape[:2], prod(y.shape[2:]))
        if not self.operations:
            self.compute(bottom[0], y, None)
            return
        finish = Finish(self.operations, places)
        self.compute(bottom[0], y, finish)
        finish.rest()

    @property
    def folded_bytes(self) -> int:
        """Memory of the copies that `fold` made."""
        return sum(a.nbytes for a in vars(self).values() if isinstance(a, np.ndarray))

    @abstractmethod
    def fold(self, scale: NDArray, shift: NDArray) -> None:
        """Make copies of the weights that have the affine layers' numbers in them."""

    @abstractmethod
    def compute(self, x: Blob, y: NDArray, after: Epilogue | None) -> None:
        """Write y from x, calling `after` for its pieces."""


class Place:
    """Where the result of a step goes: to its top, or, `inside` another blob, to the channels
    behind those of some blobs.  steps: those that must be shaped to know it."""

    def __init__(
        self,
        step: Step,
        inside: Blob | None = None,
        behind: Sequence[Blob] = (),
        steps: Sequence[Step] = (),
    ) -> None:
        self.own, self.inside, self.behind, self.steps = step.top[0], inside, behind, steps

    def values(self) -> NDArray:
        """(N, C, ...): a view of live values."""
        if self.inside is None:
            return self.own.data
        start = sum(blob.shape[1] for blob in self.behind)
        return self.inside.data[:, start : start + self.own.shape[1]]


class FusedConvolution(Fused):
    host: Convolution

    def fold(self, scale: NDArray, shift: NDArray) -> None:
        blobs = [blob.data for blob in self.host.blobs]
        self._w, self._b = _folded(blobs[0], blobs[1:], scale, shift)

    def compute(self, x: Blob, y: NDArray, after: Epilogue | None) -> None:
        b: NDArray | None
        if self._affine:
            w, b = self._w, self._b
        else:
            w = self.host.blobs[0].data
            b = self.host.blobs[1].data if len(self.host.blobs) > 1 else None
        values = self.host.frame(x, x.data, "frame")
        convolution.forward(values, w, b, y, self.host.window, self.host.group, after)


class FusedInnerProduct(Fused):
    host: InnerProduct

    def fold(self, scale: NDArray, shift: NDArray) -> None:
        blobs = [blob.data for blob in self.host.blobs]
        w = blobs[0].T if self.host.transpose else blobs[0]
        self._w, self._b = _folded(w, blobs[1:], scale, shift)

    def compute(self, x: Blob, y: NDArray, after: Epilogue | None) -> None:
        blobs = [blob.data for blob in self.host.blobs]
        b: NDArray | None
        if self._affine:
            w, b = self._w, self._b
        else:
            w = blobs[0].T if self.host.transpose else blobs[0]
            b = blobs[1] if len(blobs) > 1 else None
        inner_product.forward(x.data.reshape(len(y), -1), w, b, y.reshape(len(y), -1))
        if after is not None:
            after(convolution.WHOLE)


class FusedAffine(Fused):
    """BatchNorm, Scale and Bias without a product before them: one factor and one shift."""

    def fold(self, scale: NDArray, shift: NDArray) -> None:
        self._scale, self._shift = scale.astype(self.dtype), shift.astype(self.dtype)

    def compute(self, x: Blob, y: NDArray, after: Epilogue | None) -> None:
        shape = (*x.shape[:2], prod(x.shape[2:]))
        source, out = x.data.reshape(shape), y.reshape(shape)

        def block(o: slice, d: slice) -> None:
            part = np.multiply(source[o, d], self._scale[d, None], out=out[o, d])
            np.add(part, self._shift[d, None], out=part)
            if after is not None:
                after(Piece(o, d, slice(None)))

        affine.for_blocks(shape, block)


def _folded(
    w: NDArray, b: Sequence[NDArray], scale: NDArray, shift: NDArray
) -> tuple[NDArray, NDArray]:
    """Weights (M, ...) and bias (M) of scale (w x + b) + shift; b is empty or one bias."""
    folded = w * scale.astype(w.dtype).reshape(-1, *[1] * (w.ndim - 1))
    offset = scale * b[0].reshape(-1) + shift if b else shift
    return folded, offset.astype(w.dtype)
