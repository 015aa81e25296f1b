"""Layers that do the work of several: a product with what follows it, in one pass."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer
from ...kernels import affine, convolution, inner_product, scratch
from ...kernels.convolution import Epilogue, Lasting, Piece, Stage
from ...kernels.convolution.way import finished
from ...kernels.threads import SMALL
from ...layers.convolution import Convolution
from ...layers.inner_product import InnerProduct
from ..step import Step
from .affine import scale_and_shift
from .epilogue import Finish, Operation, scaled


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
        #: Arrays, and the scratch, for which the stages are right.
        self._bound: list[object] = []
        self._stages: list[Stage] = []

    def refresh(self) -> None:
        """Read the weights anew in the next pass."""
        self._folded, self._bound = False, []

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for part in [*self.parts, *self.place.steps]:
            try:
                part.reshape()
            except Exception as error:
                part.locate(error)
                raise

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        arrays = [scratch.token(), self.place.blob.data, *[blob.data for blob in bottom]]
        if list(map(id, arrays)) != list(map(id, self._bound)):
            self._bind(bottom[0])
            self._bound = arrays
        convolution.run(self._stages)

    def _bind(self, x: Blob) -> None:
        """Work out all that stays the same while the arrays do."""
        if not self._folded:
            self.fold()
            self._folded = True
        y = self.place.values()
        finish = Finish(self.operations, y.reshape(*y.shape[:2], prod(y.shape[2:])))
        self._stages = [*self.stages(x, y, finish if self.operations else None), *finish.rest()]

    @property
    def bound(self) -> list[Stage]:
        """What `forward` runs, on the arrays of the last one."""
        return self._stages

    @property
    def folded_bytes(self) -> int:
        """Memory of what `fold` made."""
        return sum(a.nbytes for a in vars(self).values() if isinstance(a, (np.ndarray, Lasting)))

    def numbers(self) -> tuple[NDArray, NDArray] | None:
        """The factors and shifts of the affine layers, if there are any."""
        if not self._affine:
            return None
        return scale_and_shift(self._affine, self.parts[0].top[0].shape[1])

    @abstractmethod
    def fold(self) -> None:
        """Make of the weights what is needed of them, with the affine layers' numbers in it."""

    @abstractmethod
    def stages(self, x: Blob, y: NDArray, after: Epilogue | None) -> list[Stage]:
        """What writes y from x, and has `after` for its pieces."""


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

    @property
    def blob(self) -> Blob:
        """Whose memory the result is in."""
        return self.own if self.inside is None else self.inside

    def values(self) -> NDArray:
        """(N, C, ...): a view of live values."""
        if self.inside is None:
            return self.own.data
        start = sum(blob.shape[1] for blob in self.behind)
        return self.inside.data[:, start : start + self.own.shape[1]]


class FusedConvolution(Fused):
    host: Convolution

    def fold(self) -> None:
        blobs, numbers = [blob.data for blob in self.host.blobs], self.numbers()
        w, b = blobs[0], blobs[1] if len(blobs) > 1 else None
        if numbers is not None:
            w, b = self._w, self._b = _folded(w, b, *numbers)
        self._lasting = Lasting(w, b, self.host.window, self.host.group)

    def stages(self, x: Blob, y: NDArray, after: Epilogue | None) -> list[Stage]:
        values = self.host.frame(x, x.data, "frame")
        if not self.host.margins:
            return self._lasting.stages(values, y, after)
        fill = Stage([lambda: np.copyto(values, self.host.frame(x, x.data, "frame"))], 0)
        return [fill, *self._lasting.stages(values, y, after)]


class LiveConvolution(FusedConvolution):
    """Takes weights and numbers as they are in each pass."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if any("forward" in vars(part.layer) for part in self.parts):
            for part in self.parts:  # somebody has put a forward of his own there
                part.layer.forward(part.bottom, part.top)
            return
        x, (w, *b), y = bottom[0], [blob.data for blob in self.host.blobs], top[0].data
        numbers, operations = self.numbers(), self.operations
        if numbers is not None:
            scale, shift = (number.astype(self.dtype) for number in numbers)
            operations = [scaled(scale, shift), *operations]
        finish = Finish(operations, y.reshape(*y.shape[:2], prod(y.shape[2:])))
        values = self.host.frame(x, x.data, "frame")
        convolution.forward(
            values, w, b[0] if b else None, y, self.host.window, self.host.group, finish
        )
        convolution.run(finish.rest())


class FusedInnerProduct(Fused):
    host: InnerProduct

    def fold(self) -> None:
        blobs, numbers = [blob.data for blob in self.host.blobs], self.numbers()
        self._weights = blobs[0].T if self.host.transpose else blobs[0]
        self._bias = blobs[1] if len(blobs) > 1 else None
        if numbers is not None:
            self._weights, self._bias = self._w, self._b = _folded(
                self._weights, self._bias, *numbers
            )

    def stages(self, x: Blob, y: NDArray, after: Epilogue | None) -> list[Stage]:
        source, out = x.data.reshape(len(y), -1), y.reshape(len(y), -1)
        tasks, pieces = [], []
        for items, outputs, task in inner_product.tasks(source, self._weights, self._bias, out):
            tasks.append(task)
            pieces.append(Piece(items, outputs, slice(None)))
        stages = [Stage(tasks, SMALL, pieces)]
        return stages if after is None else list(finished(stages, after))


class FusedAffine(Fused):
    """BatchNorm, Scale and Bias without a product before them: one factor and one shift."""

    def fold(self) -> None:
        numbers = self.numbers()
        assert numbers is not None
        self._scale, self._shift = (number.astype(self.dtype) for number in numbers)

    def stages(self, x: Blob, y: NDArray, after: Epilogue | None) -> list[Stage]:
        shape = (*x.shape[:2], prod(x.shape[2:]))
        source, out = x.data.reshape(shape), y.reshape(shape)

        def block(o: slice, d: slice) -> None:
            part = np.multiply(source[o, d], self._scale[d, None], out=out[o, d])
            np.add(part, self._shift[d, None], out=part)

        blocks = affine.blocks(shape)
        tasks = [partial(block, *each) for each in blocks]
        stages = [Stage(tasks, SMALL, [Piece(*each, slice(None)) for each in blocks])]
        return stages if after is None else list(finished(stages, after))


def _folded(
    w: NDArray, b: NDArray | None, scale: NDArray, shift: NDArray
) -> tuple[NDArray, NDArray]:
    """Weights (M, ...) and bias (M) of scale (w x + b) + shift."""
    folded = w * scale.astype(w.dtype).reshape(-1, *[1] * (w.ndim - 1))
    offset = shift if b is None else scale * b.reshape(-1) + shift
    return folded, offset.astype(w.dtype)
