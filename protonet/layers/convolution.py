"""Convolution: the same small filter at every place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Blobs
from ..core.ranges import Range
from ..core.registry import register
from ..kernels import convolution
from ..kernels.windows import Sizes
from ._conv import ConvBase

#: Synopsys's padding of each side.
SIDES = ("pad_l", "pad_r", "pad_t", "pad_b")


@register
class Convolution(ConvBase):
    """Slide filters over the input and multiply.

    bottom[i] (N, C, H, W) -> top[i] (N, num_output, OH, OW), all with the same weights:

        y[n, m, oh, ow] = b[m] + sum over c, i, j of
                          w[m, c, i, j] x[n, c, oh stride - pad + i dilation, ow ... + j dilation]

        OH = floor((H + 2 pad - (dilation (kernel - 1) + 1)) / stride) + 1

    Places in the padding count as 0.  Any number of spatial axes, even none.

    Gradients: dw[m, c, i, j] sums dy x over images and places, db sums dy; dx sends each dy
    back to the cells it came from, times the weight.

    convolution_param: num_output; kernel_size, stride (1), pad (0), dilation (1), each once
    for all axes or once for each, the first three also as _h and _w; group (1): outputs of
    a group see the inputs of that group only; bias_term (true); weight_filler, bias_filler;
    axis (1): of the channels, all before it are batch.  Of forks: hole, hole_h, hole_w (DeepLab)
    and dilation_h, dilation_w are dilation; pad_l, pad_r, pad_t, pad_b (Synopsys; 0) pad the four
    sides each by itself.  engine and force_nd_im2col choose
    between Caffe's implementations and change nothing here.

    blobs: weights (num_output, C / group, kernel...), bias (num_output).
    """

    type = "Convolution"
    ranges: ClassVar = {**ConvBase.ranges, **dict.fromkeys(SIDES, Range(0))}
    serves = ConvBase.serves | {f"ConvolutionParameter.{side}" for side in SIDES}
    #: Cells put before and behind each spatial axis, where the two differ.
    margins: tuple[tuple[int, int], ...] = ()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.param.convolution_param
        given = [field.name for field, _ in param.ListFields() if field.name in SIDES]
        if not given:
            return
        if len(self.window.pad) != 2 or any(self.window.pad):
            what = "stands beside pad" if any(self.window.pad) else "is for two spatial axes"
            raise self.fault(f"{given[0]} {what}", "give pad alone, or the four sides", given[0])
        sides = ((param.pad_t, param.pad_b), (param.pad_l, param.pad_r))
        if all(before == behind for before, behind in sides):
            self.window = self.window._replace(pad=(param.pad_t, param.pad_l))
        else:
            self.margins = sides

    def size(self, x: Blob) -> Sizes:
        size = super().size(x)
        if not self.margins:
            return size
        return tuple(n + before + behind for n, (before, behind) in zip(size, self.margins))

    def _inside(self, x: Blob) -> tuple[Any, ...]:
        """Where in its frame a bottom is."""
        ends = zip(super().size(x), self.margins)
        return (..., *(slice(before, before + n) for n, (before, _) in ends))

    def frame(self, x: Blob, values: NDArray, name: str) -> NDArray:
        """The batch (N, C, ...) of a bottom's data or diff, in a frame of zeros if there are
        margins."""
        batch = self.batch(values)
        if not self.margins:
            return batch
        frame = self.scratch(name, (*batch.shape[:2], *self.size(x)))
        frame.fill(0)
        np.copyto(frame[self._inside(x)], batch)
        return frame

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        w = self.blobs[0].data
        b = self.blobs[1].data if len(self.blobs) > 1 else None
        for x, y in zip(bottom, top):
            convolution.forward(
                self.frame(x, x.data, "frame"),
                w,
                b,
                self.batch(y.data),
                self.window,
                self.group,
            )

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        w, db = self.blobs[0], self.bias_diff()
        for x, y, wanted in zip(bottom, top, propagate_down):
            given, dy = self.frame(x, x.data, "frame"), self.batch(y.diff)
            dw = w.diff if self.param_propagate_down[0] else None
            dx = self.frame(x, x.diff, "frame of diffs") if wanted else None
            convolution.backward(given, dy, w.data, dw, db, dx, self.window, self.group)
            if dx is not None and self.margins:
                np.copyto(self.batch(x.diff), dx[self._inside(x)])
