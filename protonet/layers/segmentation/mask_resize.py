"""MaskResize: masks in another size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...kernels import interp


@register
class MaskResize(Layer):
    """Interpolate each plane linearly between its cells, from its corner on.

    bottom[0] (N, C, H, W) -> top[0] (N, C, output_height, output_width).  Output i lies at
    i H / output_height, between the cells below and above; beyond the last cell it is that cell,
    and 0 more than half a cell beyond it (where a plane gets more than twice as large).

    Gradient: the transposed interpolation.  Deviation: the fork adds up at most two outputs each
    way, so that it misses some where planes get larger.

    mask_resize_param: output_height, output_width, required.  Of SSTD: factor_height and
    factor_width (0: none), by which H and W are multiplied, rounded down, instead.

    Multi-task Network Cascades (Dai, He and Sun, CVPR 2016).
    """

    type = "MaskResize"
    forks = ("mnc",)
    messages = ("mask_resize_param",)
    ranges: ClassVar = {
        "output_height": Range(1, required=True),
        "output_width": Range(1, required=True),
    }
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, shape = self.param.mask_resize_param, bottom[0].shape
        if len(shape) != 4 or 0 in shape[2:]:
            raise ShapeError(f"{shape} are no planes: N, C, H, W is needed")
        sides = []
        for side, old in zip(("height", "width"), shape[2:]):
            factor = getattr(param, f"factor_{side}")
            new = int(old * factor) if factor > 0 else getattr(param, f"output_{side}")
            if new < 1:
                what = f"of a {side} of {old} nothing is left"
                raise self.fault(what, "give a larger factor", f"factor_{side}")
            sides.append(new)
        self.rows, self.columns = (
            _weights(old, new).astype(self.dtype) for old, new in zip(shape[2:], sides)
        )
        top[0].reshape(*shape[:2], *sides)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        _resize(bottom[0].data, self.rows, self.columns, top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            _resize(top[0].diff, self.rows.T, self.columns.T, bottom[0].diff)


def _weights(size: int, out: int) -> NDArray:
    """What each of `out` places takes from each of `size` cells."""
    place = np.arange(out) * (size / out)
    weights = interp.between(place, size)
    weights[place > size - 0.5] = 0
    return weights


def _resize(x: NDArray, rows: NDArray, columns: NDArray, out: NDArray) -> None:
    interp.resize(x.reshape(-1, *x.shape[2:]), rows, columns, out.reshape(-1, *out.shape[2:]))
