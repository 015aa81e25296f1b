"""What the BN of SegNet and that of PSPNet share: a scale and a shift behind the normalisation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer
from ...errors import ShapeError
from ...kernels import affine, norm
from ...proto import caffe_pb2 as pb


class BNLayer(Layer):
    """Base of both: blobs[0] is the scale, blobs[1] the shift, each (1, C, 1, 1).

    What is scaled is kept in scratch, so that what follows may work in place.
    """

    type = "BN"
    variant = True
    messages = ("bn_param",)
    in_place = True
    backward_reads = frozenset()

    def add_channel_blob(self, bottom: Blob, filler: pb.FillerParameter | None = None) -> Blob:
        if len(bottom.shape) < 2:
            raise ShapeError(f"bottom 0 has shape {bottom.shape}", "it needs a channel axis")
        return self.add_blob((1, bottom.shape[1], 1, 1), filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, channels = bottom[0].shape, self.blobs[0].shape[1]
        if len(shape) < 2 or shape[1] != channels:
            raise ShapeError(
                f"bottom 0 has shape {shape}, the parameters are for {channels} channels",
                "keep the number of channels",
            )
        self.view = (shape[0], channels, bottom[0].count_from(2))
        top[0].reshape(*shape)

    def of_channels(self, name: str) -> NDArray:
        """Scratch for a number for each channel."""
        return self.scratch(name, (self.view[1],))

    def kept(self, top: Blobs, wanted: bool) -> NDArray:
        """Where forward puts what is to be scaled, so that backward finds it if that is wanted."""
        return self.scratch("kept", self.view) if wanted else top[0].data.reshape(self.view)

    def invert(self, var: NDArray, eps: float) -> None:
        """var = 1 / sqrt(var + eps)"""
        np.add(var, eps, out=var)
        np.sqrt(var, out=var)
        np.reciprocal(var, out=var)

    def scale_and_shift(self, kept: NDArray, top: Blobs) -> None:
        scale, shift = (blob.data.reshape(-1) for blob in self.blobs[:2])
        affine.scale_shift(kept, scale, shift, top[0].data.reshape(self.view))

    def learn(self, top: Blobs) -> None:
        """Add to the diffs of scale and shift."""
        dy, kept = top[0].diff.reshape(self.view), self.scratch("kept", self.view)
        terms = [(dy, kept), (dy, None)]
        wanted = [i for i in (0, 1) if self.param_propagate_down[i]]
        if wanted:
            diffs = [self.blobs[i].diff.reshape(-1) for i in wanted]
            affine.add_sums([terms[i] for i in wanted], diffs)

    def scale_back(self, top: Blobs, bottom: Blobs) -> NDArray:
        """The gradient of what was scaled, in the diff of the bottom."""
        dy, dx = (blob.diff.reshape(self.view) for blob in (top[0], bottom[0]))
        affine.scale_shift(dy, self.blobs[0].data.reshape(-1), None, dx)
        return dx

    def through_batch(self, dx: NDArray) -> None:
        """From the gradient of the normalised values to that of the values, in place."""
        kept = self.scratch("kept", self.view)
        norm.normalise_backward(dx, kept, self.of_channels("inv_std"), dx)
