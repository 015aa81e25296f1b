"""What Pooling and SPP share: a way of pooling and what it remembers for backward."""

from __future__ import annotations

from numpy.typing import NDArray

from ..core.layer import Layer
from ..kernels import pool as kernels
from ..kernels import stochastic_pool
from ..kernels.pool import Pool
from ..proto import caffe_pb2 as pb

#: Means that leave the padding out, under two names.
_EXC_PAD = (pb.PoolingParameter.AVE_EXC_PAD, pb.PoolingParameter.AVE_TF)
_MEANS = (pb.PoolingParameter.AVE, *_EXC_PAD)


class Pooler:
    """One pooling of a layer's: keeps its scratch under `name` in the layer."""

    def __init__(self, layer: Layer, name: str, method: int) -> None:
        self.layer, self.name, self.method = layer, name, method
        self.counts_pad = method not in _EXC_PAD

    @property
    def backward_reads(self) -> frozenset[str]:
        """Values are read anew only where all cells of a window share in the gradient."""
        weighted = self.method == pb.PoolingParameter.STOCHASTIC and not self.layer.training
        return frozenset({"bottom"} if weighted else ())

    def forward(self, x: NDArray, y: NDArray, pool: Pool, index: NDArray | None = None) -> None:
        """x (N, C, H, W) -> y (N, C, OH, OW), and the flat index of the cells if wanted."""
        planes, out = _planes(x), _planes(y)
        if self.method == pb.PoolingParameter.MAX:
            wanted = self.layer.needs_backward or index is not None
            mask = self._mask(out, pool) if wanted else None
            kernels.max_forward(planes, out, mask, pool)
            if index is not None and mask is not None:
                kernels.max_index(mask, pool, x.shape[2:], _planes(index))
        elif self.method in _MEANS:
            kernels.ave_forward(planes, out, pool, self.counts_pad)
        elif self.layer.training:
            uniform = self._values("uniform", out)
            self.layer.rng.random(out=uniform, dtype=out.dtype)
            stochastic_pool.draw_forward(planes, uniform, out, self._mask(out, pool), pool)
        else:
            stochastic_pool.weighted_forward(planes, out, self._values("total", out), pool)

    def backward(self, dy: NDArray, x: NDArray, dx: NDArray, pool: Pool) -> None:
        """Write dx, the gradient of what `forward` has done."""
        diff, out = _planes(dy), _planes(dx)
        if self.method in _MEANS:
            kernels.ave_backward(diff, out, pool, self.counts_pad)
        elif self.method == pb.PoolingParameter.MAX or self.layer.training:
            kernels.max_backward(diff, self._mask(diff, pool), out, pool)
        else:
            total = self._values("total", diff)
            stochastic_pool.weighted_backward(_planes(x), total, diff, out, pool)

    def _mask(self, out: NDArray, pool: Pool) -> NDArray:
        return self.layer.scratch(f"{self.name} mask", out.shape, pool.mask_dtype())

    def _values(self, what: str, out: NDArray) -> NDArray:
        return self.layer.scratch(f"{self.name} {what}", out.shape)


def _planes(array: NDArray) -> NDArray:
    """(N, C, H, W) as (N C, H, W)."""
    n, c, h, w = array.shape
    return array.reshape(n * c, h, w)
