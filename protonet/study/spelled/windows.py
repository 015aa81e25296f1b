"""Sums of layers that look at windows, and of those that normalise or count."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator

import numpy as np
from numpy.typing import NDArray

from ...core.context import TEST
from ..shown import number
from ..worked import Worked
from .sums import Sum, factor, first, spelled, total


@spelled("Pooling")
def pooling(worked: Worked) -> Iterator[Sum]:
    x, y, dy = worked.arrays["bottom[0]"], worked.arrays["top[0]"], worked.given["top[0].diff"]
    param = worked.message
    k, s = param.kernel_size, param.stride
    windows = {
        (i, j): x[0, 0, i * s : i * s + k, j * s : j * s + k] for i, j in np.ndindex(*y.shape[2:])
    }
    values = windows[0, 0].ravel()
    listed = ", ".join(number(v) for v in values)
    cell = (k - 1, k - 1)
    over = [at for at in windows if all(p * s <= c < p * s + k for p, c in zip(at, cell))]
    if param.pool == param.AVE:
        text, value = total(*((v,) for v in values))
        yield Sum("top[0]", (0, 0, 0, 0), f"({text}) / {k * k}", value / k**2)
        text, value = total(*((dy[(0, 0, *at)],) for at in over))
        yield Sum("bottom[0].diff", (0, 0, *cell), f"({text}) / {k * k}", value / k**2)
    elif param.pool == param.MAX:
        yield Sum("top[0]", (0, 0, 0, 0), f"max({listed})", float(values.max()))
        cell = _largest(windows[0, 0], 0, 0)
        over = [at for at, part in windows.items() if _largest(part, at[0] * s, at[1] * s) == cell]
        yield Sum("bottom[0].diff", (0, 0, *cell), *total(*((dy[(0, 0, *at)],) for at in over)))


def _largest(part: NDArray, top: int, left: int) -> tuple[int, int]:
    """Where in the plane the largest value of a window is."""
    row, column = np.unravel_index(int(part.argmax()), part.shape)
    return top + int(row), left + int(column)


@spelled("LRN")
def lrn(worked: Worked) -> Iterator[Sum]:
    x, param = worked.arrays["bottom[0]"][0, :, 0, 0], worked.message
    near = x[: param.local_size // 2 + 1]
    squares = " + ".join(f"{factor(v)}^2" for v in near)
    base = param.k + param.alpha / param.local_size * float((near**2).sum())
    below = f"{param.k:g} + {param.alpha:g}/{param.local_size} * ({squares})"
    text = f"{number(x[0])} / ({below})^{param.beta:g}"
    yield Sum("top[0]", (0, 0, 0, 0), text, float(x[0]) / base**param.beta)


@spelled("BatchNorm")
def batch_norm(worked: Worked) -> Iterator[Sum]:
    """The first channel; eps must be 0."""
    x, g = (a[:, 0].ravel() for a in (worked.arrays["bottom[0]"], worked.given["top[0].diff"]))
    stored = worked.layer.phase == TEST
    mean, var = yield from _stored(worked) if stored else _moments(x)
    root, below = math.sqrt(var), f"sqrt({number(var)})"
    y = (x - mean) / root
    at = first(worked.arrays["top[0]"])
    yield Sum("top[0]", at, f"({number(x[0])} - {factor(mean)}) / {below}", float(y[0]))
    if stored:
        yield Sum("bottom[0].diff", at, f"{number(g[0])} / {below}", float(g[0]) / root)
        return
    inner = f"{number(g[0])} - {factor(g.mean())} - {factor(y[0])} * {factor((g * y).mean())}"
    value = float(g[0] - g.mean() - y[0] * (g * y).mean()) / root
    yield Sum("bottom[0].diff", at, f"({inner}) / {below}", value)


@spelled("MVN")
def mvn(worked: Worked) -> Iterator[Sum]:
    x, at = worked.arrays["bottom[0]"][0, 0].ravel(), first(worked.arrays["top[0]"])
    mean, var = yield from _moments(x)
    text = f"({number(x[0])} - {factor(mean)}) / sqrt({number(var)})"
    yield Sum("top[0]", at, text, float(x[0] - mean) / math.sqrt(var))


def _moments(x: NDArray) -> Generator[Sum, None, tuple[float, float]]:
    text, added = total(*((v,) for v in x))
    mean = added / x.size
    yield Sum("mean", (), f"({text}) / {x.size}", mean)
    squares = " + ".join(f"({number(v)} - {factor(mean)})^2" for v in x)
    var = float(((x - mean) ** 2).mean())
    yield Sum("var", (), f"({squares}) / {x.size}", var)
    return mean, var


def _stored(worked: Worked) -> Generator[Sum, None, tuple[float, float]]:
    means, variances, (weight,) = (worked.arrays[f"blobs[{i}]"] for i in range(3))
    yield Sum("mean", (), f"{number(means[0])} / {number(weight)}", means[0] / weight)
    yield Sum("var", (), f"{number(variances[0])} / {number(weight)}", variances[0] / weight)
    return float(means[0] / weight), float(variances[0] / weight)


@spelled("Accuracy")
def accuracy(worked: Worked) -> Iterator[Sum]:
    x, labels = worked.arrays["bottom[0]"], worked.arrays["bottom[1]"]
    right = x.argmax(axis=1) == labels
    text = " + ".join(str(int(each)) for each in right)
    yield Sum("top[0]", (), f"({text}) / {len(x)}", float(right.mean()))


@spelled("Reduction")
def reduction(worked: Worked) -> Iterator[Sum]:
    yield Sum("top[0]", (0,), *total(*((v,) for v in worked.arrays["bottom[0]"][0].ravel())))


@spelled("Eltwise")
def eltwise(worked: Worked) -> Iterator[Sum]:
    values = [float(a.flat[0]) for n, a in worked.arrays.items() if n.startswith("bottom")]
    at, kind = first(worked.arrays["top[0]"]), worked.message.operation
    if kind == worked.message.MAX:
        yield Sum("top[0]", at, f"max({', '.join(map(number, values))})", max(values))
    elif kind == worked.message.PROD:
        yield Sum("top[0]", at, *total(values))
    else:
        given = worked.message.coeff
        yield Sum("top[0]", at, *total(*(zip(given, values) if given else ((v,) for v in values))))
