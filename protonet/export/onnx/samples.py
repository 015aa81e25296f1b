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
    """Classes of the scores in bottom 0."""
    scores = step.bottom[0]
    places = prod(shape)
    classes = scores.shape[1] if len(scores.shape) > 1 else 1
    for size in scores.shape[1:]:
        if scores.count == places * size:
            classes = size
            break
    return rng.integers(0, max(1, classes), shape)


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


SAMPLERS: dict[tuple[str, int], Sampler] = {
    ("SoftmaxWithLoss", 1): _labels,
    ("MultinomialLogisticLoss", 0): _probabilities,
    ("MultinomialLogisticLoss", 1): _labels,
    ("InfogainLoss", 1): _labels,
    ("HingeLoss", 1): _labels,
    ("Accuracy", 1): _labels,
    ("SigmoidCrossEntropyLoss", 1): _probabilities,
    ("ContrastiveLoss", 2): _marks,
    ("Log", 0): _positive,
    ("Power", 0): _positive,
    ("Filter", -1): _marks,
    ("LSTM", 1): _marks,
    ("RNN", 1): _marks,
    ("LSTMUnit", 2): _marks,
    ("Embed", 0): _words,
    ("BatchReindex", 1): _items,
}
