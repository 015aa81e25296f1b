"""Inputs for a proof: random numbers that the layers which read them can take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...net.net import Net
from ...net.step import Step
from .dims import sources

#: From a stream, the shape and the layer that reads an input to values.
Sampler = Callable[[np.random.Generator, tuple[int, ...], Step], NDArray]


def samples(net: Net, rng: np.random.Generator, spread: float = 1.0) -> dict[str, NDArray]:
    """A value for each input of the net, of its present shape.

    spread: deviation of what looks like a picture; all else has 1.  What is a label, an index, a
    mark or a box for the layer that reads it is one.
    """
    made = {}
    for source in sources(net):
        for name, blob in zip(source.top_names, source.top):
            made[name] = _sample(net, name, blob.shape, rng, spread)
    return made


def _sample(
    net: Net, name: str, shape: tuple[int, ...], rng: np.random.Generator, spread: float
) -> NDArray:
    for step, index in _readers(net, name):
        sampler = SAMPLERS.get((step.layer.type, index))
        sampler = sampler or SAMPLERS.get((step.layer.type, index - len(step.bottom)))
        if sampler is not None:
            return sampler(rng, shape, step).reshape(shape).astype(np.float32)
    picture = len(shape) == 4 and shape[1] in (1, 3)
    return rng.normal(0, spread if picture else 1, shape).astype(np.float32)


#: Types that hand values on to where they are read.
_PASSED = ("Split", "Flatten", "Reshape", "Silence", "Permute")


def _readers(net: Net, name: str) -> Iterator[tuple[Step, int]]:
    """The layers that read a blob, with the number of the bottom, through what only passes on."""
    for step in net.steps:
        for index, bottom in enumerate(step.bottom_names):
            if bottom == name:
                if step.layer.type in _PASSED and step.top_names[:1] != [name]:
                    for top in step.top_names:
                        yield from _readers(net, top)
                else:
                    yield step, index


def _labels(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    """Classes of the scores in bottom 0, or of the centres that a layer has."""
    scores = step.bottom[0]
    if step.layer.blobs:
        return rng.integers(0, step.layer.blobs[0].shape[0], shape)
    fits = [size for size in scores.shape[1:] if scores.count == prod(shape) * size]
    return rng.integers(0, fits[0] if fits else max(1, scores.count // max(1, prod(shape))), shape)


def _probabilities(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    return rng.uniform(0.05, 1, shape)


def _positive(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    return rng.uniform(0.1, 3, shape)


def _marks(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    """0 or 1, not all 0."""
    marks = (rng.random(shape) < 0.7).astype(np.float32)
    marks.reshape(-1)[:1] = 1
    return marks


def _words(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    return rng.integers(0, step.layer.param.embed_param.input_dim, shape)


def _items(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    return rng.integers(0, step.bottom[0].shape[0], shape)


def _small(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    return rng.normal(0, 0.3, shape)


def _priors(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    """(1, 2, 4 P): boxes in the image with a width and a height, and variances."""
    count = shape[2] // 4
    low, size = rng.uniform(0, 0.7, (count, 2)), rng.uniform(0.05, 0.3, (count, 2))
    boxes = np.concatenate([low, low + size], axis=1)
    return np.stack([boxes, np.tile([0.1, 0.1, 0.2, 0.2], (count, 1))])


def _image(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    """Height, width and scale of an image whose map is bottom 0, at 16 pixels a cell."""
    height, width = step.bottom[0].shape[2:]
    numbers = [16 * height, 16 * width, *[1.0] * max(0, prod(shape) - 2)]
    return np.array(numbers[: prod(shape)])


def _regions(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    """Rows image, x1, y1, x2, y2 in the pixels of an image whose maps are bottom 0."""
    maps = step.bottom[0].shape
    images, _, height, width = maps if len(maps) == 4 else (1, 0, 64, 64)
    settings = getattr(step.layer, "settings", None)
    scale = getattr(settings, "spatial_scale", 1.0) or 1.0
    size = np.array([width, height]) / scale
    low = rng.uniform(0, 0.6, (shape[0], 2)) * size
    high = low + rng.uniform(0.2, 0.4, low.shape) * size
    image = rng.integers(0, images, (shape[0], 1))
    return np.concatenate([image, low, np.minimum(high, size - 1)], axis=1)


def _places(rng: np.random.Generator, shape: tuple[int, ...], step: Step) -> NDArray:
    """Different places in a plane of the top for the values of each plane."""
    cells = prod(step.top[0].shape[2:])
    planes = [rng.permutation(cells)[: prod(shape[2:])] for _ in range(prod(shape[:2]))]
    return np.stack(planes)


SAMPLERS: dict[tuple[str, int], Sampler] = {
    ("SoftmaxWithLoss", 1): _labels,
    ("MultinomialLogisticLoss", 0): _probabilities,
    ("MultinomialLogisticLoss", 1): _labels,
    ("InfogainLoss", 1): _labels,
    ("HingeLoss", 1): _labels,
    ("Accuracy", 1): _labels,
    ("SigmoidCrossEntropyLoss", 1): _probabilities,
    ("ContrastiveLoss", 2): _marks,
    ("SoftmaxWithLossOHEM", 1): _labels,
    ("CenterLoss", 1): _labels,
    ("SegAccuracy", 1): _labels,
    ("LabelSpecificAdd", 1): _labels,
    ("CTCGreedyDecoder", 1): _marks,
    ("DetectionOutput", 0): _small,
    ("DetectionOutput", 1): _probabilities,
    ("DetectionOutput", 2): _priors,
    ("Proposal", 1): _small,
    ("Proposal", 2): _image,
    ("Python", 1): _small,
    ("Python", 2): _image,
    ("DecodeBBox", 0): _small,
    ("DecodeBBox", 1): _regions,
    ("ROIPooling", 1): _regions,
    ("ROIAlign", 1): _regions,
    ("PSROIPooling", 1): _regions,
    ("Upsample", 1): _places,
    ("Unpooling", 1): _places,
    ("Log", 0): _positive,
    ("Power", 0): _positive,
    ("Filter", -1): _marks,
    ("LSTM", 1): _marks,
    ("RNN", 1): _marks,
    ("LSTMUnit", 2): _marks,
    ("Embed", 0): _words,
    ("BatchReindex", 1): _items,
}
