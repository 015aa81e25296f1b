"""What the layers share that resize planes as TensorFlow does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer
from ...core.ranges import Range
from ...errors import ShapeError
from ...kernels import interp


class Resize(Layer):
    """Base: each output row takes from few rows, each column from few columns."""

    #: The fields of which one at most may be true.
    MODES: ClassVar[tuple[str, ...]] = ()

    ranges: ClassVar = {"output_height": Range(1), "output_width": Range(1)}
    backward_reads = frozenset()

    def weights(self, size: int, out: int) -> NDArray:
        """The weights (out, size) of the cells along an axis."""
        raise NotImplementedError

    @property
    def settings(self) -> Any:
        return getattr(self.param, self.messages[0])

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.settings
        self.last = param.data_format == "NHWC"
        if param.data_format not in ("NHWC", "NCHW"):
            what = f"data_format '{param.data_format}' is not served here"
            raise self.fault(what, "NHWC and NCHW are", "data_format")
        chosen = [mode for mode in self.MODES if getattr(param, mode)]
        if len(chosen) > 1:
            what = f"{' and '.join(chosen)} are both true"
            raise self.fault(what, "they exclude each other", chosen[1])
        for field in ("scale_height", "scale_width"):
            if not getattr(param, field) > 0:
                what = f"{field} is {getattr(param, field):g}"
                raise self.fault(what, "it must be above 0", field)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4:
            raise ShapeError(f"{shape} does not have four axes, {self.settings.data_format}")
        param, old = self.settings, shape[1:3] if self.last else shape[2:]
        sides = [
            getattr(param, f"output_{side}")
            if param.HasField(f"output_{side}")
            else int(np.float32(length) * np.float32(getattr(param, f"scale_{side}")))
            for side, length in zip(("height", "width"), old)
        ]
        if min(*old, *sides) < 1:
            what = f"{old[0]} x {old[1]} would become {sides[0]} x {sides[1]}"
            raise ShapeError(what, "give a larger size or scale")
        channels = shape[3] if self.last else shape[1]
        self.planes = (shape[0] * channels, *old)
        self.out = (shape[0] * channels, *sides)
        self.rows, self.columns = (
            self.weights(n, m).astype(self.dtype) for n, m in zip(old, sides)
        )
        if self.last:
            top[0].reshape(shape[0], *sides, channels)
        else:
            top[0].reshape(shape[0], channels, *sides)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._move(bottom[0].data, self.rows, self.columns, top[0].data, self.planes, self.out)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            rows, columns = self.rows.T, self.columns.T
            self._move(top[0].diff, rows, columns, bottom[0].diff, self.out, self.planes)

    def _move(
        self,
        x: NDArray,
        rows: NDArray,
        columns: NDArray,
        y: NDArray,
        before: tuple[int, ...],
        after: tuple[int, ...],
    ) -> None:
        """y = rows x columns^T for each plane of x; before, after: planes and their sizes."""
        if not self.last:
            interp.resize(x.reshape(before), rows, columns, y.reshape(after))
            return
        items = len(x)
        planes, out = self.scratch("before", before), self.scratch("after", after)
        np.copyto(planes.reshape(items, -1, *before[1:]), np.moveaxis(x, -1, 1))
        interp.resize(planes, rows, columns, out)
        np.copyto(y, np.moveaxis(out.reshape(items, -1, *after[1:]), 1, -1))
