"""Scale: multiply by a factor, learnt or computed, and maybe add an offset."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Blobs
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import affine
from ._broadcast import Broadcast


@register
class Scale(Broadcast):
    """Multiply by a factor, spread over the other axes; with BatchNorm a batch normalisation.

    bottom[0] (N, C, H, W), maybe bottom[1] (C) -> top[0] (N, C, H, W), y = s x + b.  With one
    bottom s is a parameter.

    scale_param: axis (1) where s begins; num_axes (1) how many axes it has as a parameter, -1
    all to the end, 0 a single number; filler (1); bias_term (false), bias_filler (0).  A second
    bottom brings its own axes.
    Blobs: s, with one bottom; then b of the same shape, with bias_term.
    """

    type = "Scale"
    messages = ("scale_param",)
    # In place, the gradient of s needs the values that were overwritten: they are kept.
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.scale_param
        if self.second(bottom):
            shape = bottom[1].shape
        else:
            shape = self.operand_shape(param, bottom[0])
            blob = self.add_blob(shape, param.filler if param.HasField("filler") else None)
            if not param.HasField("filler"):
                blob.data.fill(1)
        if param.bias_term:
            self.add_blob(shape, param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = self._factor(bottom).shape
        if self.param.scale_param.bias_term and self.blobs[-1].shape != shape:
            raise ShapeError(
                f"the factor has shape {shape}, the offset is for {self.blobs[-1].shape}",
                "the axes that it covers cannot change",
            )
        self._view = self.view(self.param.scale_param, bottom[0], shape)
        top[0].reshape(*bottom[0].shape)

    def _factor(self, bottom: Blobs) -> Blob:
        return bottom[1] if self.second(bottom) else self.blobs[0]

    def input_values(self, bottom: Blobs, top: Blobs) -> NDArray:
        """The values before scaling, as (outer, dim, inner); in place those of the last pass."""
        if bottom[0] is top[0]:
            return self.scratch("input", self._view)
        return bottom[0].data.reshape(self._view)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shift = self.blobs[-1].data.reshape(-1) if self.param.scale_param.bias_term else None
        copy = bottom[0] is top[0] and self.needs_backward
        keep = self.input_values(bottom, top) if copy else None
        affine.scale_shift(
            bottom[0].data.reshape(self._view),
            self._factor(bottom).data.reshape(-1),
            shift,
            top[0].data.reshape(self._view),
            keep,
        )

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, factor = top[0].diff.reshape(self._view), self._factor(bottom)
        terms: list[tuple[NDArray, NDArray | None]] = []
        outs: list[NDArray] = []
        if propagate_down[1] if self.second(bottom) else self.param_propagate_down[0]:
            if self.second(bottom):
                factor.diff.fill(0)
            terms.append((dy, self.input_values(bottom, top)))
            outs.append(factor.diff.reshape(-1))
        if self.param.scale_param.bias_term and self.param_propagate_down[-1]:
            terms.append((dy, None))
            outs.append(self.blobs[-1].diff.reshape(-1))
        if terms:
            affine.add_sums(terms, outs)
        if propagate_down[0]:
            affine.scale_shift(
                dy, factor.data.reshape(-1), None, bottom[0].diff.reshape(self._view)
            )
