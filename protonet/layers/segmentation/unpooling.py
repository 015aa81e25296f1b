"""Unpooling: the way back from a pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from google.protobuf.message import Message

from ...core.layer import Blobs, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import ShapeError
from ...proto import caffe_pb2 as pb
from ._unpool import UnpoolLayer

_SIZES = ("kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w")
_OUT = ("unpool_size", "unpool_h", "unpool_w")


@register
class Unpooling(UnpoolLayer):
    """Put each value where the maximum was that a pooling took (DeconvNet; Noh and others, 2015).

    bottom[0] (N, C, H, W)[, bottom[1] (the same), the second top of a Pooling] -> top[0]
    (N, C, OH, OW): 0, but x at the place h OW + w that bottom[1] names; without bottom[1] at
    (h stride, w stride).  Of several values for one place the last is taken.

    Gradient: dx is the top's at that place; none for the mask.

    unpooling_param: unpool (MAX; AVE and TILE, which in the fork add to what they find in the
    top, are not supported); unpool_size, or unpool_h and unpool_w, the size of the top, otherwise
    OH = max((H - 1) stride + kernel, H stride + 1); kernel_size and stride (1), or their _h and
    _w forms; pad must be 0.
    """

    type = "Unpooling"
    forks = ("deconvnet",)
    messages = ("unpooling_param",)
    bottoms = between(1, 2)
    ranges: ClassVar = {
        **dict.fromkeys((*_SIZES, *_OUT), Range(1)),
        **dict.fromkeys(("pad", "pad_h", "pad_w"), Range(0, 0)),
    }

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.unpooling_param
        if param.unpool != pb.UnpoolingParameter.MAX:
            word = pb.UnpoolingParameter.UnpoolMethod.Name(param.unpool)
            raise self.fault(f"unpool: {word} is not supported", "MAX is", "unpool")

    def _pair(self, field: str, sides: str) -> tuple[int, int] | None:
        """(h, w) of a field or its _h and _w forms; None if neither is given."""
        param: Message = self.param.unpooling_param
        written = [f for f in (f"{sides}_h", f"{sides}_w") if param.HasField(f)]
        if len(written) == 1 or (written and param.HasField(field)):
            other = field if param.HasField(field) else f"the other of {sides}_h and {sides}_w"
            raise self.fault(
                f"{written[0]} is given {'beside' if other == field else 'without'} {other}",
                f"give {field}, or {sides}_h and {sides}_w",
                written[0],
            )
        if written:
            return getattr(param, written[0]), getattr(param, written[1])
        return (getattr(param, field),) * 2 if param.HasField(field) else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        size = self.size_of(bottom)
        self.stride = self._pair("stride", "stride") or (1, 1)
        out = self._pair("unpool_size", "unpool")
        if out is None:
            kernel = self._pair("kernel_size", "kernel")
            if kernel is None:
                raise self.fault(
                    "kernel_size is missing", "add kernel_size or unpool_size to unpooling_param"
                )
            high, wide = (
                max((n - 1) * s + k, n * s + 1) for n, s, k in zip(size, self.stride, kernel)
            )
            out = (high, wide)
        ends = [(n - 1) * s + 1 for n, s in zip(size, self.stride)]
        if len(bottom) == 1 and (ends[0] > out[0] or ends[1] > out[1]):
            raise ShapeError(
                f"values at every {self.stride[0]} x {self.stride[1]} cells need a top of "
                f"{ends[0]} x {ends[1]}, it has {out[0]} x {out[1]}",
                "make unpool_size larger or stride smaller",
                field="unpooling_param.unpool_size",
            )
        self.shape_top(bottom, top, out)
        rows, columns = (slice(0, end, s) for end, s in zip(ends, self.stride))
        self.spread = np.s_[:, :, rows, columns]

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom) == 2:
            self.put(bottom, top)
        else:
            top[0].data.fill(0)
            np.copyto(top[0].data[self.spread], bottom[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(bottom) == 2:
            super().backward(top, propagate_down, bottom)
        elif propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff[self.spread])
