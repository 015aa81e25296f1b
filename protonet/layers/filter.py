"""Filter: the items of a batch that a selector marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer, at_least
from ..core.registry import register
from ..errors import NetError, ShapeError
from ..kernels import rows
from ._index import no_gradient


@register
class Filter(Layer):
    """Keep the items of a batch whose mark is not 0.

    bottom[i] (N, ...), last bottom (N) or (N, 1, ..) the marks -> top[i] (K, ...), K the
    number of nonzero marks (NaN and negative ones count).  When the net is built the marks
    are not known yet: K is N then.
    """

    type = "Filter"
    bottoms = at_least(2)
    tops = at_least(1)
    backward_reads = frozenset()
    reshape_always = True

    _built = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if len(top) != len(bottom) - 1:
            raise NetError(
                f"{len(top)} tops for {len(bottom)} bottoms",
                "give a top for each bottom but the last, the selector",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        marks = bottom[-1]
        if not marks.shape or marks.count != marks.shape[0]:
            raise ShapeError(
                f"the selector has shape {marks.shape}", "all its axes but the first must be 1"
            )
        for i, blob in enumerate(bottom[:-1]):
            if blob.shape[:1] != marks.shape[:1]:
                raise ShapeError(
                    f"bottom {i} has shape {blob.shape}, the selector {marks.shape}",
                    "they must have the same number of items",
                )
        self._kept = (
            np.flatnonzero(marks.data) if self._built else np.arange(marks.shape[0], dtype=np.intp)
        )
        self._built = True
        for blob, source in zip(top, bottom):
            blob.reshape(len(self._kept), *source.shape[1:])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        for blob, source in zip(top, bottom):
            rows.pick(source.data, self._kept, blob.data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[-1]:
            raise no_gradient("the selector")
        for blob, source, wanted in zip(top, bottom, propagate_down):
            if wanted:
                source.diff.fill(0)
                source.diff[self._kept] = blob.diff
