"""Which pixels of an image a score hangs on.

By gradient: K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", 2013.
By occlusion: M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", 2013.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import NetError, ShapeError, did_you_mean
from ...net.net import Net
from ...proto import caffe_pb2 as pb
from .base import Insight

METHODS = ("gradient", "occlusion")


@dataclass(frozen=True)
class Saliency(Insight):
    """values (H, W): how much the score hangs on each pixel.  image (C, H, W): as it was given to
    the net.  blob, index, score: which value of the net it is, and how large."""

    method: str
    values: NDArray
    image: NDArray
    blob: str
    index: int
    score: float

    @property
    def title(self) -> str:
        return f"{self.method} of {self.blob}[{self.index}] = {self.score:.4g}"


def saliency(
    net: Net,
    image: ArrayLike,
    *,
    method: str = "gradient",
    blob: str | None = None,
    index: int | None = None,
    window: int | None = None,
    stride: int | None = None,
    fill: float = 0.0,
) -> Saliency:
    """How much a score hangs on each pixel of an image.

    net: with one input (N, C, H, W), as for use.  image (C, H, W), prepared as for `net.predict`.
    blob: with a score for each class (N, K); the net's output, and for the gradient what a
    Softmax at the end reads, whose outputs push each other.  index: of the class; None for the
    one of the largest score.

    method "gradient": the largest of |d score / d pixel| over the channels.  "occlusion": by how
    much the score falls, on average, when a square of `window` pixels (an eighth of the shorter
    side) that covers the pixel has the value `fill`; the squares are `stride` pixels apart (half
    a window).  A net of the wrong kind: NetError; an image of another shape: ShapeError.
    """
    if method not in METHODS:
        raise NetError(f"there is no method '{method}'", f"take {' or '.join(METHODS)}")
    pixels = np.asarray(image, net.context.dtype)
    _check(net, pixels)
    name = blob or _scores(net, method == "gradient")
    if name not in net.blobs:
        raise NetError(f"there is no blob '{name}'", did_you_mean(name, net.blobs))
    scores = np.asarray(net.predict(pixels[np.newaxis], output=name), np.float64)[0].reshape(-1)
    chosen = int(scores.argmax()) if index is None else index
    if not 0 <= chosen < len(scores):
        raise ShapeError(f"blob '{name}' has {len(scores)} scores, none with index {chosen}")
    if method == "gradient":
        values = np.abs(_gradient(net, pixels, name, chosen)).max(axis=0)
    else:
        size = window or max(1, min(pixels.shape[1:]) // 8)
        step = stride or max(1, size // 2)
        values = _occlusion(net, pixels, name, chosen, float(scores[chosen]), size, step, fill)
    return Saliency(method, values, pixels, name, chosen, float(scores[chosen]))


def _check(net: Net, pixels: NDArray) -> None:
    if len(net.inputs) != 1:
        raise NetError(
            f"the net has {len(net.inputs)} inputs, not one",
            "give the net for use (protonet deploy makes it of one that trains)",
            file=net.definition.file,
        )
    want = net.blobs[net.inputs[0]].shape
    if len(want) != 4 or pixels.shape != want[1:]:
        raise ShapeError(f"the image is {pixels.shape}, the net's input {want}, images first")


def _scores(net: Net, before_softmax: bool) -> str:
    """The blob with the scores: the net's first output, or what a Softmax that makes it reads."""
    if not net.outputs:
        raise NetError("the net has no output", file=net.definition.file)
    name = net.outputs[0]
    for step in net.steps:
        if before_softmax and step.layer.type == "Softmax" and name in step.top_names:
            return step.bottom_names[0]
    return name


def _gradient(net: Net, pixels: NDArray, blob: str, index: int) -> NDArray:
    """(C, H, W): of one score, by the pixels."""
    twin = _with_gradients(net)
    source = twin.blobs[twin.inputs[0]]
    source.reshape(1, *pixels.shape)
    twin.reshape()
    source.data[0] = pixels
    twin.run_forward()
    last = max(i for i, step in enumerate(twin.steps) if blob in step.top_names)
    for name in twin.steps[last].top_names:
        twin.blobs[name].diff[...] = 0
    twin.blobs[blob].diff.reshape(1, -1)[0, index] = 1
    twin.run_backward(last)
    return source.diff[0].copy()


def _with_gradients(net: Net) -> Net:
    """A net of the same weights whose backward pass reaches the input."""
    message = pb.NetParameter()
    message.CopyFrom(net.definition.message)
    message.force_backward = True
    twin = Net(
        replace(net.definition, message=message),
        phase=None,
        dtype=net.context.dtype,
        allow_python=net.context.allow_python,
        fork=net.context.fork,
    )
    twin.share_trained_layers_with(net)
    return twin


def _occlusion(
    net: Net,
    pixels: NDArray,
    blob: str,
    index: int,
    score: float,
    window: int,
    stride: int,
    fill: float,
) -> NDArray[np.float64]:
    """(H, W): the mean of what the score loses by the squares over each pixel."""
    height, width = pixels.shape[1:]
    corners = [
        (y, x) for y in _starts(height, window, stride) for x in _starts(width, window, stride)
    ]
    lost, covered = np.zeros((height, width)), np.zeros((height, width))
    batch = max(1, min(64, (1 << 22) // pixels.size))
    for first in range(0, len(corners), batch):
        chosen = corners[first : first + batch]
        images = np.repeat(pixels[np.newaxis], len(chosen), axis=0)
        for picture, (y, x) in zip(images, chosen):
            picture[:, y : y + window, x : x + window] = fill
        scores = np.asarray(net.predict(images, output=blob), np.float64)
        for (y, x), found in zip(chosen, scores.reshape(len(chosen), -1)[:, index]):
            lost[y : y + window, x : x + window] += score - found
            covered[y : y + window, x : x + window] += 1
    return lost / covered


def _starts(length: int, window: int, stride: int) -> list[int]:
    """Where squares begin along an axis, so that they cover all of it."""
    last = max(0, length - window)
    return [*range(0, last, stride), last]
