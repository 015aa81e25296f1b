"""Interp: bilinear resizing."""

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
class Interp(Layer):
    """Resize each plane bilinearly, the corners laid on the corners (DeepLab, PSPNet, ICNet).

    bottom[0] (N, C, H, W) -> top[0] (N, C, OH, OW): output i is taken from i (H - 1) / (OH - 1),
    between the two nearest cells, along both axes.  Before that pad_beg and pad_end rows and
    columns are cut off; H and W are what is left.

    Gradient: the transposed operation, each cell collects what it was used for.

    interp_param, the first that applies: shrink_factor s alone, OH = (H - 1) // s + 1;
    zoom_factor z alone, OH = H + (H - 1) (z - 1); height and width; both factors, shrunk and then
    zoomed.  pad_beg, pad_end (0, or negative: what is cut off).  full_zoom_factor, which one fork
    has, is not supported.

    Deviation: a value that is not finite spreads over its row and its column of the output.
    """

    type = "Interp"
    forks = ("pspnet", "deeplab2", "openvino-reid", "synopsys")
    messages = ("interp_param",)
    ranges: ClassVar = {
        "height": Range(1),
        "width": Range(1),
        "zoom_factor": Range(1),
        "shrink_factor": Range(1),
        "pad_beg": Range(high=0),
        "pad_end": Range(high=0),
    }
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.interp_param
        if param.HasField("full_zoom_factor"):
            raise self.fault(
                "full_zoom_factor is not supported", "give height and width", "full_zoom_factor"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        param, (n, c, *size) = self.param.interp_param, bottom[0].shape
        cut = param.pad_beg + param.pad_end
        height, width = size[0] + cut, size[1] + cut
        if min(height, width) < 1:
            raise ShapeError(
                f"nothing is left of {size[0]} x {size[1]} when {-cut} are cut off",
                "cut off less",
                field="interp_param.pad_beg",
            )
        first = -param.pad_beg
        self.window = np.s_[:, first : first + height, first : first + width]
        self.planes = (n * c, *size)
        out = self._out(height, width)
        self.same = out == (height, width)
        self.rows = interp.bilinear(height, out[0], self.dtype)
        self.columns = interp.bilinear(width, out[1], self.dtype)
        top[0].reshape(n, c, *out)

    def _out(self, height: int, width: int) -> tuple[int, int]:
        param = self.param.interp_param
        shrinks, zooms = param.HasField("shrink_factor"), param.HasField("zoom_factor")
        if shrinks == zooms and param.HasField("height") and param.HasField("width"):
            return param.height, param.width
        if not shrinks and not zooms:
            raise self.fault("no size is given", "add height and width, or zoom_factor")
        if shrinks:
            step = param.shrink_factor
            height, width = (height - 1) // step + 1, (width - 1) // step + 1
        if zooms:
            added = param.zoom_factor - 1  # between two neighbours
            height, width = height + (height - 1) * added, width + (width - 1) * added
        return height, width

    def _ends(self, x: NDArray, y: NDArray) -> tuple[NDArray, NDArray]:
        """The window of the bottom and the top, as planes."""
        return x.reshape(self.planes)[self.window], y.reshape(-1, *y.shape[2:])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, y = self._ends(bottom[0].data, top[0].data)
        if self.same:
            np.copyto(y, x)
        else:
            interp.resize(x, self.rows, self.columns, y)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dx, dy = self._ends(bottom[0].diff, top[0].diff)
        if dx.size < bottom[0].count:
            bottom[0].diff.fill(0)
        if self.same:
            np.copyto(dx, dy)
        else:
            interp.resize(dy, self.rows.T, self.columns.T, dx)
