"""MemoryData: batches from arrays that the program hands over."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.layer import Blobs, Layer, exactly
from ..core.ranges import Range
from ..core.registry import register
from ..errors import DataError

_SIZES = ("batch_size", "channels", "height", "width")


@register
class MemoryData(Layer):
    """Hands out the arrays of `set_input_arrays`, batch by batch, round and round.

    no bottom -> top[0] (batch_size, channels, height, width), top[1] the labels:
    (batch_size) when the net is built, (batch_size, 1, 1, 1) after a forward pass, as in Caffe.

    memory_data_param: batch_size, channels, height, width, all needed.  transform_param
    does not touch arrays that are handed over, as in Caffe.
    """

    type = "MemoryData"
    messages = ("memory_data_param",)
    ranges: ClassVar = dict.fromkeys(_SIZES, Range(1, required=True))
    bottoms = exactly(0)
    tops = exactly(2)
    has_backward = False
    reshape_always = True  # the labels' shape changes with the first pass

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.memory_data_param
        self._shape = tuple(int(getattr(param, name)) for name in _SIZES)
        self._data: NDArray | None = None
        self._labels: NDArray | None = None
        self._position = 0
        top[0].reshape(*self._shape)
        top[1].reshape(self.batch_size)

    @property
    def batch_size(self) -> int:
        return self._shape[0]

    def set_input_arrays(self, data: ArrayLike, labels: ArrayLike) -> None:
        """Use these from now on, from their start: images (N, channels, height, width) and
        labels (N), or (N, 1, 1, 1).

        N must be a multiple of batch_size.  C-contiguous arrays of the net's dtype are kept,
        not copied: what is written into them later is seen.
        """
        data, labels = (np.ascontiguousarray(a, self.dtype) for a in (data, labels))
        if data.ndim != 4 or data.shape[1:] != self._shape[1:]:
            raise DataError(
                f"the data have the shape {data.shape}, not (N, "
                f"{', '.join(map(str, self._shape[1:]))})"
            )
        if labels.shape not in ((len(data),), (len(data), 1, 1, 1)):
            raise DataError(
                f"the labels have the shape {labels.shape}, not ({len(data)},)",
                "give one label for each item",
            )
        if not len(data) or len(data) % self.batch_size:
            raise DataError(
                f"{len(data)} items are not a multiple of the batch size {self.batch_size}",
                "drop or add some",
            )
        self._data, self._labels, self._position = data, labels.reshape(-1, 1, 1, 1), 0

    def reset(self) -> None:
        """Begin again with the first batch."""
        self._position = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """The shapes are known from the parameters."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self._data is None or self._labels is None:
            raise DataError("it was never given its arrays", "call set_input_arrays first")
        stop = self._position + self.batch_size
        top[1].reshape(self.batch_size, 1, 1, 1)
        top[0].data[:] = self._data[self._position : stop]
        top[1].data[:] = self._labels[self._position : stop]
        self._position = stop % len(self._data)

    def state(self) -> dict[str, Any]:
        """Where it stands in the arrays, for a snapshot."""
        return {"position": self._position}

    def set_state(self, state: dict[str, Any]) -> None:
        self._position = state["position"]
