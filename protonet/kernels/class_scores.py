"""Scores of classes at many places, of which only some are to learn: loss and gradient.

x (R, C) are the scores, `label` (R) the class of each place.  A place learns if it is in `rows`;
`positive` are the places that hold an object, their labels beside them, and `negative` those
that were chosen to learn the background; what is neither, but in `rows`, is background by default.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import losses
from .elementwise import sigmoid, softplus
from .softmax import softmax


class ClassScores:
    """Base: `delta` is the gradient of `loss` by the scores in `rows`."""

    delta: NDArray

    def __init__(self, x: NDArray, background: int) -> None:
        self.x, self.background = x, background

    def each(self, label: NDArray) -> NDArray:
        """The loss of each place alone, if that was its class -> (R)."""
        raise NotImplementedError

    def loss(self, rows: NDArray, positive: NDArray, label: NDArray, negative: NDArray) -> float:
        """The sum over `rows`; makes `delta`."""
        raise NotImplementedError


class SoftmaxScores(ClassScores):
    """-log of the probability of the class, the softmax of the scores."""

    def __init__(self, x: NDArray, background: int) -> None:
        super().__init__(x, background)
        self.prob = np.empty((*x.shape, 1), x.dtype)
        softmax(x[..., None], out=self.prob)
        self.prob = self.prob[..., 0]

    def each(self, label: NDArray) -> NDArray:
        p = np.take_along_axis(self.prob, label[:, None], axis=1)[:, 0]
        return -np.log(np.maximum(p, losses.TINY))

    def loss(self, rows: NDArray, positive: NDArray, label: NDArray, negative: NDArray) -> float:
        wanted = np.full(len(self.x), self.background)
        wanted[positive] = label
        self.delta = self.prob[rows]
        place = np.arange(len(rows)), wanted[rows]
        p = self.delta[place]
        self.delta[place] -= 1
        return 0.0 - float(np.log(np.maximum(p, losses.TINY)).sum())


class LogisticScores(ClassScores):
    """For each class the cross entropy of a sigmoid: is it there or not?"""

    def each(self, label: NDArray) -> NDArray:
        there = np.take_along_axis(self.x, label[:, None], axis=1)[:, 0]
        return softplus(self.x, out=np.empty_like(self.x)).sum(axis=1) - there

    def loss(self, rows: NDArray, positive: NDArray, label: NDArray, negative: NDArray) -> float:
        target = np.full(self.x.shape, self.background, self.x.dtype)
        target[positive, label] = 1
        target[negative, self.background] = 1
        x, target = self.x[rows], target[rows]
        self.delta = sigmoid(x, out=np.empty_like(x))
        self.delta -= target
        return float(losses.sigmoid_cross_entropy(x, target, out=np.empty_like(x)).sum())
