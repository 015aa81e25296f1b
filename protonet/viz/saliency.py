"""Where in a picture a net finds what it says: by gradients, and by hiding parts of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import NetError
from ..net.net import Net
from ..net.step import Step

_AT_ONCE = 16  # pictures of a batch


def gradient(net: Net, output: str, label: int) -> NDArray:
    """How much each pixel of the first input changes the score of a class (Simonyan, Vedaldi and
    Zisserman, "Deep Inside Convolutional Networks", 2013).

    The net has run forward on the picture, and its `force_backward` is on.  Of a Softmax the score
    before it is meant, whose gradient does not vanish where the net is sure.  Returns (h, w): of
    the channels of the first picture the largest absolute value.  NetError if a layer between has
    no backward pass.
    """
    last = _score(net, output)
    blob = last.top[0]
    for step in net.steps[: last.index + 1]:
        for each in step.top:
            each.diff.fill(0)
    blob.diff.reshape(blob.shape[0], -1)[0, label] = 1
    if not last.needs_backward:
        raise NetError(f"no gradient flows from '{output}' to the input", "look at the layers")
    net.run_backward(last.index, 0)
    return np.abs(net.blobs[net.inputs[0]].diff[0]).max(axis=0)


def _score(net: Net, output: str) -> Step:
    """The layer that makes the scores: that before a Softmax."""
    name = output
    for step in reversed(net.steps):
        if name in step.top_names:
            if step.layer.type != "Softmax":
                return step
            name = step.bottom_names[0]
    raise NetError(f"no layer makes '{output}'", "name an output of the net")


def occlusion(net: Net, output: str, label: int, count: int = 12) -> NDArray:
    """How much the score of a class falls where a part of the first input is hidden (Zeiler and
    Fergus, "Visualizing and Understanding Convolutional Networks", 2013).

    The net has run forward on the picture.  The part is a square of a sixth of the shorter side,
    put to the mean of each channel, at count x count places.  Returns (count, count): the score
    less that without the part.
    """
    blob = net.blobs[net.inputs[0]]
    whole = blob.data[:1].copy()
    before = _scores(net, output, label)[0]
    found = []
    windows = list(_windows(whole.shape[2:], count))
    for start in range(0, len(windows), _AT_ONCE):
        batch = np.repeat(whole, len(windows[start : start + _AT_ONCE]), axis=0)
        for picture, window in zip(batch, windows[start:]):
            picture[:, window[0], window[1]] = whole[0].mean(axis=(1, 2), keepdims=True)
        blob.reshape(*batch.shape)
        blob.data[...] = batch
        net.run_forward()
        found.append(before - _scores(net, output, label))
    blob.reshape(*whole.shape)
    blob.data[...] = whole
    net.run_forward()
    return np.concatenate(found).reshape(count, count)


def _scores(net: Net, output: str, label: int) -> NDArray:
    values = net.blobs[output].data
    return values.reshape(len(values), -1)[:, label].copy()


def _windows(size: tuple[int, ...], count: int) -> Iterator[tuple[slice, slice]]:
    """Squares whose middles lie evenly over a plane, cut off at its edge."""
    half = max(1.0, min(size) / 12)
    middles = [(np.arange(count) + 0.5) * n / count for n in size]
    for y in middles[0]:
        for x in middles[1]:
            yield _around(y, half), _around(x, half)


def _around(middle: float, half: float) -> slice:
    return slice(max(0, round(middle - half)), max(1, round(middle + half)))
