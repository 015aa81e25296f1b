"""Sums of probabilities and losses."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..shown import number
from ..worked import Worked
from .sums import Sum, factor, first, spelled, total


def _softmax(scores: NDArray, k: int) -> tuple[str, float]:
    below = " + ".join(f"exp({number(v)})" for v in scores)
    value = math.exp(scores[k]) / math.fsum(map(math.exp, scores))
    return f"exp({number(scores[k])}) / ({below})", value


@spelled("Softmax")
def softmax(worked: Worked) -> Iterator[Sum]:
    x, dy = worked.arrays["bottom[0]"], worked.given["top[0].diff"]
    text, value = _softmax(x[0], 0)
    yield Sum("top[0]", (0, 0), text, value)
    y = [_softmax(x[0], k)[1] for k in range(x.shape[1])]
    inner, dot = total(*zip(y, dy[0]))
    text = f"{number(y[0])} * ({number(dy[0, 0])} - ({inner}))"
    yield Sum("bottom[0].diff", (0, 0), text, y[0] * (dy[0, 0] - dot))


@spelled("SoftmaxWithLoss")
def softmax_with_loss(worked: Worked) -> Iterator[Sum]:
    x, labels = worked.arrays["bottom[0]"], worked.arrays["bottom[1]"].astype(int)
    chances = [_softmax(row, label) for row, label in zip(x, labels)]
    for n, (text, value) in enumerate(chances):
        yield Sum(f"p(image {n}, class {labels[n]})", (), text, value)
    logs = " + ".join(f"-log({number(p)})" for _, p in chances)
    loss = -math.fsum(math.log(p) for _, p in chances) / len(x)
    yield Sum("top[0]", (), f"({logs}) / {len(x)}", loss)
    right, p = (0, labels[0]), chances[0][1]
    text = f"({number(p)} - 1) / {len(x)}"
    yield Sum("bottom[0].diff", right, text, (p - 1) / len(x))
    other = (labels[0] + 1) % x.shape[1]
    p = _softmax(x[0], other)[1]
    yield Sum("bottom[0].diff", (0, other), f"{number(p)} / {len(x)}", p / len(x))


@spelled("EuclideanLoss")
def euclidean(worked: Worked) -> Iterator[Sum]:
    a, b = worked.arrays["bottom[0]"], worked.arrays["bottom[1]"]
    squares = " + ".join(f"({number(p)} - {factor(q)})^2" for p, q in zip(a.flat, b.flat))
    loss = float(((a - b) ** 2).sum()) / (2 * len(a))
    yield Sum("top[0]", (), f"({squares}) / (2*{len(a)})", loss)
    at = first(a)
    text = f"({number(a[at])} - {factor(b[at])}) / {len(a)}"
    yield Sum("bottom[0].diff", at, text, float(a[at] - b[at]) / len(a))


@spelled("SigmoidCrossEntropyLoss")
def sigmoid_cross_entropy(worked: Worked) -> Iterator[Sum]:
    x, t = worked.arrays["bottom[0]"], worked.arrays["bottom[1]"]
    chances = 1 / (1 + np.exp(-x))
    parts = [
        f"-log({number(p)})" if target else f"-log(1 - {number(p)})"
        for p, target in zip(chances.flat, t.flat)
    ]
    loss = -float(np.log(np.where(t == 1, chances, 1 - chances)).sum()) / len(x)
    yield Sum("sigmoid(bottom[0])", (0, 0), f"1 / (1 + exp({number(-x[0, 0])}))", chances[0, 0])
    yield Sum("top[0]", (), f"({' + '.join(parts)}) / {len(x)}", loss)
    text = f"({number(chances[0, 0])} - {number(t[0, 0])}) / {len(x)}"
    yield Sum("bottom[0].diff", (0, 0), text, (chances[0, 0] - t[0, 0]) / len(x))


@spelled("HingeLoss")
def hinge(worked: Worked) -> Iterator[Sum]:
    x, labels = worked.arrays["bottom[0]"], worked.arrays["bottom[1]"].astype(int)
    signs = np.where(np.arange(x.shape[1]) == labels[:, None], -1.0, 1.0)
    parts = [
        f"max(0, 1 {'-' if sign < 0 else '+'} {factor(v)})" for v, sign in zip(x.flat, signs.flat)
    ]
    value = float(np.maximum(0, 1 + signs * x).sum()) / len(x)
    yield Sum("top[0]", (), f"({' + '.join(parts)}) / {len(x)}", value)
