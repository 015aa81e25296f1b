"""TensorShape of module shape: the sizes of a blob, as nets converted from TensorFlow ask for."""

from __future__ import annotations

import numpy as np

from ...core.layer import Blobs
from .._stand_in import StandIn
from ..python import built_in


@built_in("shape")
class TensorShape(StandIn):
    """bottom[0] of any k axes -> top[0] (k): its sizes.  Gradient: 0."""

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(len(bottom[0].shape))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = np.array(bottom[0].shape)
