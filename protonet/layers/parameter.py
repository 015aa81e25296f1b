"""Parameter: a blob to be learnt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.layer import Blobs, Layer, exactly
from ..core.registry import register


@register
class Parameter(Layer):
    """A learnable blob as a top, for layers that take a parameter from a bottom.

    no bottom -> top[0] of the shape given, sharing the parameter's values.

    parameter_param: shape; of OpenVINO's fork filler.  Blobs: [0] of that shape, filled by
    filler, without it zeros at first.

    Unlike Caffe's, the top's gradient is added to the parameter's, so that iter_size and
    sharing work.
    """

    type = "Parameter"
    messages = ("parameter_param",)
    bottoms = exactly(0)
    backward_reads = frozenset()
    serves = frozenset({"ParameterParameter.filler"})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.parameter_param
        self.add_blob(param.shape.dim, param.filler if param.HasField("filler") else None)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(*self.blobs[0].shape)
        top[0].share_data(self.blobs[0])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        # The net shares parameters by name after setup: the blob may have moved since.
        if not top[0].shares_data_with(self.blobs[0]):
            top[0].share_data(self.blobs[0])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.param_propagate_down[0]:
            np.add(self.blobs[0].diff, top[0].diff, out=self.blobs[0].diff)
