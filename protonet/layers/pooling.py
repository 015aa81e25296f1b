"""Pooling: each window of a plane becomes one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from google.protobuf.message import Message

from ..core.layer import Blobs, Layer, between
from ..core.ranges import Range
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import pool as kernels
from ..proto import caffe_pb2 as pb
from ._pool import Pooler

_SIZES = ("kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w")
_PADS = ("pad_t", "pad_l", "pad_b", "pad_r")


@register
class Pooling(Layer):
    """Shrink each plane: the largest value or the mean of each window.

    bottom[0] (N, C, H, W) -> top[0] (N, C, OH, OW)[, top[1] the same: flat index h W + w of
    the chosen cell, MAX only, without a gradient]

        OH = ceil((H + 2 pad - kernel) / stride) + 1

    With padding, a last window that would start outside the plane and its left padding is
    dropped.  MAX ignores the padding; the first of equal values wins and takes all the
    gradient.  AVE counts padding as zeros, but not what lies beyond it: the divisor is the
    window's size, clipped at H + pad.  STOCHASTIC draws a cell with a probability
    proportional to its value in TRAIN, and in TEST is the mean weighted by the values.  It
    wants values of 0 or more, as behind a ReLU: where negative ones leave nothing to draw from,
    it takes the first cell of the window in TRAIN, and 0 in TEST.

    pooling_param: pool (MAX, AVE, STOCHASTIC); kernel_size, stride (1), pad (0), or their _h
    and _w forms; global_pooling (false): the window is the whole plane; round_mode (CEIL).
    Of forks: ceil_mode (true), false means round_mode: FLOOR; pool: AVE_EXC_PAD (Synopsys), AVE
    that does not count the padding: the divisor is the cells inside the plane, and AVE_TF, its
    older name; pad_t, pad_l, pad_b, pad_r (Synopsys, 0) in place of pad, the windows begin at the
    first two; pad_type: 1 (Synopsys) in place of them, TensorFlow's SAME: OH = ceil(H / stride),
    and as much padding as that takes, the smaller half of it above.

    Deviation: STOCHASTIC, which stops Caffe on the CPU, works.  NaN is passed on by MAX.
    """

    type = "Pooling"
    messages = ("pooling_param",)
    ranges: ClassVar = dict.fromkeys(_SIZES, Range(1))
    tops = between(1, 2)
    serves = frozenset(
        {
            "PoolingParameter.ceil_mode",
            "PoolingParameter.pad_type",
            "PoolingParameter.PoolMethod.AVE_EXC_PAD",
            "PoolingParameter.PoolMethod.AVE_TF",
            *(f"PoolingParameter.{name}" for name in _PADS),
        }
    )

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.pooling_param
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        self.whole = param.global_pooling
        self.kernel, self.stride, self.pad = _read(self, self.whole)
        self.end = self.pad
        sides = [getattr(param, name) for name in _PADS]
        if any(sides):
            self.pad, self.end = self._sides(sides)
        self.same = self._is_same()
        self.ceil = param.round_mode == pb.PoolingParameter.CEIL
        if param.HasField("ceil_mode"):
            if param.HasField("round_mode") and self.ceil != param.ceil_mode:
                raise self.fault("ceil_mode and round_mode differ", "keep one", "ceil_mode")
            self.ceil = param.ceil_mode
        if len(top) > 1 and param.pool != pb.PoolingParameter.MAX:
            raise self.fault("a second top needs pool: MAX", "remove the top", "pool")
        if param.pool == pb.PoolingParameter.STOCHASTIC and (any(self.pad) or any(self.end)):
            raise self.fault("STOCHASTIC pooling takes no padding", "remove pad", "pad")
        self.pooler = Pooler(self, "pool", param.pool)
        self.backward_reads = self.pooler.backward_reads

    def _is_same(self) -> bool:
        """Is the padding as TensorFlow's SAME?"""
        kind = self.param.pooling_param.pad_type
        if kind > 1:
            raise self.fault(f"pad_type is {kind}", "0 and 1 (SAME) are served", "pad_type")
        if kind and (any(self.pad) or any(self.end) or self.whole):
            what = "pad_type is given beside " + ("global_pooling" if self.whole else "a padding")
            raise self.fault(what, "keep one", "pad_type")
        return kind == 1

    def _sides(self, sides: list[int]) -> tuple[kernels.Pair, kernels.Pair]:
        """The padding before and behind, of what the four sides are given."""
        param = self.param.pooling_param
        for field in ("pad", "pad_h", "pad_w"):
            if param.HasField(field):
                raise self.fault(
                    f"{field} and the padding of sides are both given", "keep one", field
                )
        for name, side, kernel in zip(_PADS, sides, self.kernel * 2):
            if self.whole or not 0 <= side < kernel:
                what = f"{name} is {side}" + (" with global_pooling" if self.whole else "")
                raise self.fault(what, "it must be below the kernel, and 0 for a whole plane", name)
        top, left, bottom, right = sides
        return (top, left), (bottom, right)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        *planes, height, width = bottom[0].shape
        kernel = (height, width) if self.whole else self.kernel
        if self.same:
            out, self.pad, self.end = kernels.same((height, width), kernel, self.stride)
        else:
            size = (height, width)
            out = kernels.out_size(size, kernel, self.stride, self.pad, self.ceil, self.end)
        if min(out) < 1 or min(kernel) < 1:
            raise ShapeError(
                f"a window of {kernel[0]} x {kernel[1]} does not fit into {height} x {width}"
                f" padded by {self.pad[0]} and {self.pad[1]}",
                "make kernel_size smaller or pad larger",
                field="pooling_param.kernel_size",
            )
        # A stride may lead out of any plane; one just as good leads out of this one.
        far = [n + p + e + k for n, p, e, k in zip((height, width), self.pad, self.end, kernel)]
        stride = (min(self.stride[0], far[0]), min(self.stride[1], far[1]))
        self.pool = kernels.Pool(kernel, stride, self.pad, out, self.end)
        for blob in top:
            blob.reshape(*planes, *out)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        index = top[1].data if len(top) > 1 else None
        self.pooler.forward(bottom[0].data, top[0].data, self.pool, index)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x, dx = bottom[0].data, bottom[0].diff
            self.pooler.backward(top[0].diff, x, dx, self.pool)


def _read(layer: Layer, whole: bool) -> tuple[kernels.Pair, kernels.Pair, kernels.Pair]:
    """Kernel, stride and pad of a layer's pooling_param."""
    has = layer.param.pooling_param.HasField
    if whole:
        for field in ("kernel_size", "kernel_h", "kernel_w"):
            if has(field):
                raise layer.fault(
                    f"global_pooling takes no {field}", "remove one of the two", field
                )
    elif not has("kernel_size") and not (has("kernel_h") and has("kernel_w")):
        raise layer.fault(
            "kernel_size is missing",
            "add kernel_size, or kernel_h and kernel_w, to pooling_param",
        )
    kernel = (1, 1) if whole else _pair(layer, "kernel_size", "kernel")
    stride, pad = _pair(layer, "stride", "stride"), _pair(layer, "pad", "pad")
    if whole and (stride != (1, 1) or pad != (0, 0)):
        field = "pad" if any(pad) else "stride"
        raise layer.fault(f"global_pooling takes no {field}", "remove it", field)
    if (pad[0] >= kernel[0] or pad[1] >= kernel[1]) and any(pad):
        raise layer.fault(
            f"pad {pad[0]}, {pad[1]} is not smaller than the kernel {kernel[0]}, {kernel[1]}",
            "a window would see nothing but padding",
            "pad",
        )
    return kernel, stride, pad


def _pair(layer: Layer, field: str, short: str) -> kernels.Pair:
    """(h, w) of `field` or of its _h and _w forms, which must not be mixed."""
    param: Message = layer.param.pooling_param
    sides = [f"{short}_h", f"{short}_w"]
    written = [side for side in sides if param.HasField(side)]
    if not written:
        return getattr(param, field), getattr(param, field)
    if param.HasField(field):
        raise layer.fault(f"{field} and {' and '.join(written)} are both given", "keep one", field)
    if len(written) == 1 and short != "pad":
        missing = sides[1] if written == sides[:1] else sides[0]
        raise layer.fault(f"{written[0]} is given without {missing}", "give both", written[0])
    return getattr(param, sides[0]), getattr(param, sides[1])
