"""BatchReindex: the items of a batch in another order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer, exactly
from ..core.registry import register
from ..errors import ShapeError
from ..kernels import rows
from ._index import no_gradient, whole_numbers


@register
class BatchReindex(Layer):
    """Pick items of a batch by index; they may be left out or repeated.

    bottom[0] (N, ...), bottom[1] (M) indices 0 .. N-1 -> top[0] (M, ...),
    y[i] = x[index[i]].  The gradient of an item adds up over its repeats.
    """

    type = "BatchReindex"
    bottoms = exactly(2)
    backward_reads = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[1].shape) != 1 or not bottom[0].shape:
            raise ShapeError(
                f"bottoms have shapes {bottom[0].shape} and {bottom[1].shape}",
                "bottom 1 must have one axis, of indices into the batch",
            )
        top[0].reshape(bottom[1].shape[0], *bottom[0].shape[1:])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, index = bottom[0].data, self.scratch("index", bottom[1].shape, np.intp)
        whole_numbers(bottom[1].data, len(x), index, "the index")
        rows.pick(x, index, top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise no_gradient("the indices")
        if propagate_down[0]:
            index = self.scratch("index", bottom[1].shape, np.intp)
            bottom[0].diff.fill(0)
            rows.add_at(top[0].diff, index, bottom[0].diff, self.scratch("sorted", top[0].shape))
