"""Classifier: a net that takes images and makes them ready itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.context import TEST
from ..errors import NetError, ShapeError
from . import io
from .net import Net, PathLike


def transformer_for(
    net: Net,
    mean: NDArray | None,
    input_scale: float | None,
    raw_scale: float | None,
    channel_swap: Sequence[int] | None,
) -> io.Transformer:
    """A Transformer for the first input of a net and images (H, W, K)."""
    if not net.inputs:
        raise NetError("the net has no input for images", "give the deploy prototxt")
    name = net.inputs[0]
    shape = net.blobs[name].data.shape
    if len(shape) != 4:
        raise ShapeError(f"the input '{name}' is {shape}", "for images it is (N, K, H, W)")
    transformer = io.Transformer({name: shape})
    transformer.set_transpose(name, (2, 0, 1))
    if mean is not None:
        transformer.set_mean(name, mean)
    if input_scale is not None:
        transformer.set_input_scale(name, input_scale)
    if raw_scale is not None:
        transformer.set_raw_scale(name, raw_scale)
    if channel_swap is not None:
        transformer.set_channel_swap(name, channel_swap)
    return transformer


class Classifier(Net):
    """Probabilities of classes for images.

    image_dims: (height, width) that images are resized to before they are cropped to the
    net's input; None: to the input's size at once.  The rest: see `io.Transformer`.
    """

    def __init__(
        self,
        model_file: PathLike | Any,
        pretrained_file: PathLike | None,
        image_dims: Sequence[int] | None = None,
        mean: NDArray | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
    ) -> None:
        super().__init__(model_file, TEST, weights=pretrained_file)
        self.transformer = transformer_for(self, mean, input_scale, raw_scale, channel_swap)
        self.crop_dims = np.array(self.blobs[self.inputs[0]].shape[2:])
        self.image_dims = image_dims if image_dims is not None else self.crop_dims

    def predict(  # type: ignore[override]
        self, inputs: Sequence[NDArray], oversample: bool = True
    ) -> NDArray:
        """(N, classes) for N images (H, W, K).

        oversample: the mean over ten crops, corners, centre and mirrored; else the centre.
        """
        io.check_images(inputs)
        height, width = (int(n) for n in self.image_dims)
        images = np.stack([io.resize_image(image, (height, width)) for image in inputs])
        if oversample:
            images = io.oversample(images, self.crop_dims)
        else:
            io.check_images(images, self.crop_dims)
            top, left = (np.array([height, width]) - self.crop_dims) // 2
            bottom, right = np.array([top, left]) + self.crop_dims
            images = images[:, top:bottom, left:right]
        name = self.inputs[0]
        ready = np.stack([self.transformer.preprocess(name, image) for image in images])
        scores = self.forward_all(None, **{name: ready})[self.outputs[0]]
        if oversample:
            scores = scores.reshape(len(inputs), 10, -1).mean(axis=1)
        return scores
