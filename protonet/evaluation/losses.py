"""TopLosses: the records that a net is furthest off with, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Layer
from ..data.image_list import read_image_list
from ..layers.image_data import ImageData
from ..net.net import Net
from ..net.step import Step
from ..prediction.preprocess import Preprocess
from .target import Batch, Target


class Worst(NamedTuple):
    """A record.  number: its place in the stream, from 0.  name: of its file, where it is listed
    with others; else ''.  loss: the mean of its places.  label,
    best: its class and the one of the highest score, None for maps and for several classes;
    score: the probability of `best`.  pixels: (H, W, 3) or (H, W), None without a picture."""

    number: int
    name: str
    loss: float
    label: int | None
    best: int | None
    score: float | None
    pixels: NDArray | None


class TopLosses:
    """Keeps the `count` records of the largest loss: -log of the probability of the class, by
    the softmax of the scores, or of several classes the sum of their cross entropies."""

    def __init__(self, net: Net, target: Target, count: int) -> None:
        self._net, self._target, self._count = net, target, count
        self._pictures = _pictures_of(net)
        self._done = _preprocess(self._pictures.layer) if self._pictures else Preprocess()
        self._names = _names(self._pictures.layer) if self._pictures else []
        self._seen = 0
        self.worst: list[Worst] = []

    @property
    def needs(self) -> list[str]:
        """The blobs that are read besides scores and labels."""
        return [self._pictures.top_names[0]] if self._pictures else []

    def add(self, batch: Batch, number: int | None = None) -> None:
        """number: of the batch, if others than the ones before it were not seen here."""
        items = self._items()
        self._seen = self._seen if number is None else number * items
        losses, answers = _losses(batch, self._target)
        places = np.bincount(batch.items, minlength=items)
        totals = np.bincount(batch.items, weights=losses, minlength=items)
        means = totals / np.maximum(places, 1)
        for item in np.argsort(-means, kind="stable")[: self._count]:
            if len(self.worst) == self._count and means[item] <= self.worst[-1].loss:
                break
            if places[item]:
                self._keep(int(item), float(means[item]), batch, answers)
        self._seen += items

    def combine(self, parts: Sequence[Sequence[Worst]]) -> None:
        """Keep the worst of what was kept elsewhere."""
        found = sorted((one for part in parts for one in part), key=lambda one: one.number)
        self.worst = sorted(found, key=lambda one: -one.loss)[: self._count]

    def _items(self) -> int:
        return int(self._net.blobs[self._target.scores].shape[0])

    def _keep(self, item: int, loss: float, batch: Batch, answers: NDArray) -> None:
        label = best = score = None
        place = np.flatnonzero(batch.items == item)
        if len(place) == 1 and not self._target.several:
            (at,) = place
            label, best = int(batch.labels[at]), int(answers[at].argmax())
            score = float(answers[at, best])
        number = self._seen + item
        name = self._names[number % len(self._names)] if self._names else ""
        worst = Worst(number, name, loss, label, best, score, self._picture(item))
        self.worst.append(worst)
        self.worst.sort(key=lambda one: -one.loss)
        del self.worst[self._count :]

    def _picture(self, item: int) -> NDArray | None:
        if self._pictures is None:
            return None
        values = self._pictures.top[0].data
        return picture_of(values[item], self._done) if item < len(values) else None


def picture_of(values: NDArray, done: Preprocess) -> NDArray:
    """The picture (H, W, 3) or (H, W) of 0 .. 255 that values (C, H, W) were made of: the scale
    taken out, the mean added.  What is no byte then is spread from black to white."""
    pixels = values / (done.scale or 1.0)
    if done.mean is not None:
        mean = np.asarray(done.mean, np.float32)
        if mean.ndim == 3:
            y, x = ((mean.shape[i] - pixels.shape[i]) // 2 for i in (1, 2))
            pixels = pixels + mean[:, y : y + pixels.shape[1], x : x + pixels.shape[2]]
        else:
            pixels = pixels + mean.reshape(-1, 1, 1)
    low, high = float(pixels.min()), float(pixels.max())
    if low < -1 or high > 256 or high <= 1:
        pixels = (pixels - low) * (255 / (high - low) if high > low else 1)
    pixels = pixels[::-1] if done.rgb and len(pixels) == 3 else pixels
    picture = pixels.clip(0, 255).round().astype(np.uint8).transpose(1, 2, 0)
    return picture[..., 0] if picture.shape[2] == 1 else picture


def _preprocess(layer: Layer) -> Preprocess:
    return Preprocess.from_transform_param(layer.param.transform_param, layer.context.root)


def _names(layer: Layer) -> list[str]:
    """The files that an ImageData layer reads in the order of its list."""
    settings = layer.param.image_data_param
    if not isinstance(layer, ImageData) or settings.shuffle or settings.rand_skip:
        return []
    return [item.name for item in read_image_list(layer.find("source"))]


def _pictures_of(net: Net) -> Step | None:
    """The layer without bottoms whose first top is pictures."""
    for step in net.steps:
        if (
            not step.bottom
            and step.top
            and len(step.top[0].shape) == 4
            and step.top[0].shape[1] in (1, 3)
        ):
            return step
    return None


def _losses(batch: Batch, target: Target) -> tuple[NDArray, NDArray]:
    """The loss of each place (P), and the probabilities (P, K)."""
    scores = batch.scores.astype(np.float64)
    tiny = np.finfo(np.float32).tiny
    if target.several:
        # log(1 + exp(x)) - x y, without overflow.
        losses = np.logaddexp(0, scores) - scores * batch.labels
        return losses.sum(axis=1), scores
    if target.probabilities:
        probabilities = scores
    else:
        exps = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = exps / exps.sum(axis=1, keepdims=True)
    own = np.take_along_axis(probabilities, batch.labels[:, None], axis=1)[:, 0]
    return -np.log(np.maximum(own, tiny)), probabilities
