"""Normalize: unit length, times a learnt scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import affine, l2_norm
from .._other_forks import refuse_fields


@register
class Normalize(Layer):
    """Bring the channels at each place, or each item, to length 1, then to a learnt one.

    bottom[0] (N, C, H, W) -> top[0] of the same shape, y = scale * x / norm,
    norm = sqrt(eps + sum of x^2) over C at each place, or over C, H, W with across_spatial.  SSD
    has it behind conv4_3, whose values are much larger than those of the maps that follow.

    norm_param: across_spatial (true); channel_shared (true): one scale, else one a channel;
    scale_filler (1); eps (1e-10).
    Blobs: scale, () or (C).

    Gradient: dx = scale * (dy - x * (sum of x dy) / norm^2) / norm, the sum over the same
    group.  Quirk kept: with scales that differ between the channels this is not the derivative,
    for the sum does not know them.

    From SSD (Liu and others, ECCV 2016), after ParseNet (Liu, Rabinovich and Berg, 2015).
    """

    type = "Normalize"
    forks = ("ssd", "yolo-eric612", "openvino", "openvino-reid", "intel", "synopsys", "nvidia")
    variant = True
    messages = ("norm_param",)
    ranges: ClassVar = {"eps": Range(0)}
    # The normalised values are kept.
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.norm_param
        fields = ("add_eps_before_sqrt", "normalize_type", "fix_gradient", "bp_norm")
        refuse_fields(self, *fields)
        shape = () if param.channel_shared else (self._view_of(bottom[0])[1],)
        if shape:
            self.no_derivative = "the sum does not know the scales of the channels, as in the fork"
        blob = self.add_blob(shape, param.scale_filler if param.HasField("scale_filler") else None)
        if not param.HasField("scale_filler"):
            blob.data.fill(1)

    @staticmethod
    def _view_of(blob: Blob) -> tuple[int, int, int]:
        if not 2 <= len(blob.shape) <= 4:
            raise ShapeError(f"the bottom has shape {blob.shape}", "it needs the axes N, C, H, W")
        return blob.shape[0], blob.shape[1], blob.count_from(2)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._view = self._view_of(bottom[0])
        if self.blobs[0].shape not in ((), self._view[1:2]):
            raise ShapeError(
                f"the bottom has shape {bottom[0].shape}, there are scales for "
                f"{self.blobs[0].shape[0]} channels",
                "channels cannot change",
            )
        top[0].reshape(*bottom[0].shape)

    @property
    def _lengths(self) -> NDArray:
        each = 1 if self.param.norm_param.across_spatial else self._view[2]
        return self.scratch("lengths", (self._view[0], each))

    @property
    def _scaled(self) -> tuple[int, int, int]:
        """The view in which the scale belongs to the middle axis."""
        return (
            self._view
            if self.blobs[0].shape
            else (1, 1, self._view[0] * self._view[1] * self._view[2])
        )

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        unit = self.scratch("unit", self._view)
        x, eps = bottom[0].data.reshape(self._view), self.param.norm_param.eps
        l2_norm.normalise(x, eps, self._lengths, unit)
        self._scale(unit, top[0].data)

    def _scale(self, x: NDArray, out: NDArray) -> None:
        scale, view = self.blobs[0].data.reshape(-1), self._scaled
        affine.scale_shift(x.reshape(view), scale, None, out.reshape(view))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, unit = top[0].diff.reshape(self._view), self.scratch("unit", self._view)
        if self.param_propagate_down[0]:
            terms = [(dy.reshape(self._scaled), unit.reshape(self._scaled))]
            affine.add_sums(terms, [self.blobs[0].diff.reshape(-1)])
        if propagate_down[0]:
            dx = bottom[0].diff.reshape(self._view)
            l2_norm.normalise_backward(dy, unit, self._lengths, dx)
            self._scale(dx, dx)
