"""InnerDistance: how far each item is from each of many points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import NetError, ShapeError
from ...kernels import distances
from .._classes import ClassLabels
from .._index import no_gradient


@register
class InnerDistance(Layer):
    """The distances of each item from num_output points, where InnerProduct has products.

    bottom[0] x (M, ...), seen as (M, K) -> top[0] (M, num_output):

        L2: y_mn = sum over k of (x_mk - w_nk)^2      L1: y_mn = sum over k of |x_mk - w_nk|

    The points w are a blob, or bottom[1] (num_output, K).  With update_center_only the last
    bottom is labels (M), and of each item only its label's point gets a gradient; dx has all.

    inner_distance_param: num_output; distance_type ("L2"; "L1"); weight_filler; axis (1): from it
    on all axes are one vector; normalize (false): before each pass w is brought to length 1, row
    by row: w / sqrt(|w|^2 + 1e-6), the blob itself; the gradients do not know of it.
    update_center_only (false).  There is no bias; transpose is refused.
    Blobs: points (num_output, K), unless they are a bottom.

    Fork: happynear.  Quirk kept: the gradients of L1 have dy where the derivative has dy, but -1
    where it has -dy.  Deviation: points that are a bottom are not changed by normalize.
    """

    type = "InnerDistance"
    forks = ("happynear",)
    messages = ("inner_distance_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True)}
    bottoms = between(1, 3)
    backward_reads = frozenset({"bottom"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.inner_distance_param
        if param.distance_type not in ("L1", "L2"):
            what = f"distance_type is '{param.distance_type}'"
            raise self.fault(what, 'give "L1" or "L2"', "distance_type")
        if param.transpose:
            raise self.fault("transpose is not served here", "remove it", "transpose")
        self.squared = param.distance_type == "L2"
        self.labels = ClassLabels(self) if param.update_center_only else None
        points = len(bottom) - 1 - bool(self.labels)
        if points not in (0, 1):
            raise NetError(
                f"{len(bottom)} bottoms",
                "x, maybe the points, and labels with update_center_only only",
            )
        self.given = points == 1
        if not self.squared:
            self.no_derivative = "L1 has -1 where the derivative has -dy, as in the fork"
        elif self.labels:
            self.no_derivative = "update_center_only leaves out the other points"
        elif param.normalize:
            self.no_derivative = "the gradients do not know of normalize, as in the fork"
        self.axis = bottom[0].axis(param.axis)
        if not self.given:
            shape = (param.num_output, bottom[0].count_from(self.axis))
            self.add_blob(shape, param.weight_filler)

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index <= self.given

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = self.param.inner_distance_param.num_output
        points = bottom[1] if self.given else self.blobs[0]
        self.rows = bottom[0].count_from(0, self.axis)
        self.shape = (count, bottom[0].count_from(self.axis))
        if points.count != count * self.shape[1]:
            raise ShapeError(
                f"{bottom[0].shape} has {self.shape[1]} values an item, the points have shape "
                f"{points.shape}",
                f"they must be ({count}, {self.shape[1]})",
            )
        if self.labels:
            self.labels.reshape((self.rows, count, 1), top[0], bottom[-1])
        top[0].reshape(*bottom[0].shape[: self.axis], count)

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        return self.rows * self.shape[0] * self.shape[1]

    def _points(self, bottom: Blobs) -> NDArray:
        """The points that count, normalised by `forward`."""
        if not self.given:
            return self.blobs[0].data
        if self.param.inner_distance_param.normalize:
            return self.scratch("points", self.shape)
        return bottom[1].data.reshape(self.shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self.param.inner_distance_param.normalize:
            w = bottom[1].data.reshape(self.shape) if self.given else self.blobs[0].data
            distances.normalise_rows(w, self._points(bottom))
        if self.labels:
            self.labels.read(bottom[-1])
        x = bottom[0].data.reshape(self.rows, self.shape[1])
        fn = distances.squared if self.squared else distances.absolute
        fn(x, self._points(bottom), top[0].data.reshape(self.rows, self.shape[0]))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.labels and propagate_down[-1]:
            raise no_gradient("the labels")
        x, w = bottom[0].data.reshape(self.rows, self.shape[1]), self._points(bottom)
        dy = top[0].diff.reshape(self.rows, self.shape[0])
        dx = bottom[0].diff.reshape(x.shape) if propagate_down[0] else None
        dw = None
        if self.given and propagate_down[1]:
            dw = bottom[1].diff.reshape(self.shape)
            dw.fill(0)
        elif not self.given and self.param_propagate_down[0]:
            dw = self.blobs[0].diff
        fn = distances.squared_backward if self.squared else distances.absolute_backward
        if self.labels and dw is not None:
            fn(x, w, dy, dx, None)
            own = dy.reshape(-1)[self.labels.index[:, 0]]
            distances.backward_at(x, w, own, self.labels.label[:, 0], dw, not self.squared)
        else:
            fn(x, w, dy, dx, dw)
