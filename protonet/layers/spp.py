"""SPP: spatial pyramid pooling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import ClassVar

from numpy.typing import NDArray

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register
from ..errors import ShapeError
from ..kernels.pool import Pair, Pool, out_size
from ..proto import caffe_pb2 as pb
from ._pool import Pooler


@register
class SPP(Layer):
    """Pool each plane into 1 x 1, 2 x 2, 4 x 4, ... bins: as many values for any H and W.

    bottom[0] (N, C, H, W) -> top[0] (N, values of all levels); level l has 2^l bins an axis:

        kernel = stride = ceil(H / bins),  pad = floor((kernel bins - H + 1) / 2)

    and is pooled as by Pooling, which may find fewer windows than bins.  The levels are
    flattened, C OH OW values each, and follow one another.

    spp_param: pyramid_height, the number of levels; pool (MAX, AVE, STOCHASTIC).

    Quirk kept: a pyramid of height 1 is global pooling, with a top of four axes.
    """

    type = "SPP"
    messages = ("spp_param",)
    ranges: ClassVar = {"pyramid_height": Range(1, required=True)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.spp_param
        self.random = param.pool == pb.SPPParameter.STOCHASTIC
        # No plane has cells for the bins of more levels: `reshape` names the first too many.
        levels = min(param.pyramid_height, 32)
        self.poolers = [Pooler(self, f"level {level}", param.pool) for level in range(levels)]
        self.backward_reads = self.poolers[0].backward_reads

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) != 4 or 0 in bottom[0].shape[2:]:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        n, c, height, width = bottom[0].shape
        self.pools = [self._level(2**level, (height, width)) for level in range(len(self.poolers))]
        values = sum(c * prod(pool.out) for pool in self.pools)
        if len(self.pools) == 1:
            top[0].reshape(n, c, *self.pools[0].out)
        else:
            top[0].reshape(n, values)

    def _level(self, bins: int, size: Pair) -> Pool:
        kernel = (-(-size[0] // bins), -(-size[1] // bins))
        pad = ((kernel[0] * bins - size[0] + 1) // 2, (kernel[1] * bins - size[1] + 1) // 2)
        if any(p >= k for p, k in zip(pad, kernel) if any(pad)):
            raise ShapeError(
                f"{bins} x {bins} bins are too many for a plane of {size[0]} x {size[1]}",
                "make pyramid_height smaller",
                field="spp_param.pyramid_height",
            )
        if self.random and any(pad):
            raise ShapeError(
                f"{bins} x {bins} bins need padding on a plane of {size[0]} x {size[1]},"
                " which STOCHASTIC pooling does not take",
                "choose another pool",
                field="spp_param.pool",
            )
        return Pool(kernel, kernel, pad, out_size(size, kernel, kernel, pad, ceil=True))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        for level, part in self._levels(top[0].data, x):
            y = self.scratch("values", part.shape)
            self.poolers[level].forward(x, y, self.pools[level])
            part[...] = y

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x, dx = bottom[0].data, bottom[0].diff
        for level, part in self._levels(top[0].diff, x):
            dy = self.scratch("values", part.shape)
            dy[...] = part
            target = dx if level == 0 else self.scratch("more", dx.shape)
            self.poolers[level].backward(dy, x, target, self.pools[level])
            if level:
                dx += target

    def _levels(self, y: NDArray, x: NDArray) -> Iterator[tuple[int, NDArray]]:
        """Each level with its part of y as (N, C, OH, OW)."""
        n, c = x.shape[:2]
        flat, start = y.reshape(n, c * sum(prod(pool.out) for pool in self.pools)), 0
        for level, pool in enumerate(self.pools):
            stop = start + c * prod(pool.out)
            yield level, flat[:, start:stop].reshape(n, c, *pool.out)
            start = stop
