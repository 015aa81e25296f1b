"""Sums of layers that multiply by weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...kernels.windows import Window
from ...layers._conv import ConvBase
from ..worked import Worked
from .sums import Sum, first, spelled, total

Cell = tuple[int, ...]


def _window(worked: Worked) -> Window:
    assert isinstance(worked.layer, ConvBase)
    return worked.layer.window


def _seen(worked: Worked, place: Cell) -> Iterator[tuple[Cell, Cell]]:
    """(cell of the kernel, cell of the input) of one window; padding is left out."""
    w, x, window = worked.arrays["blobs[0]"], worked.arrays["bottom[0]"], _window(worked)
    for cell in np.ndindex(*w.shape[2:]):
        at = tuple(
            o * s - p + k * d
            for o, k, s, p, d in zip(place, cell, window.stride, window.pad, window.dilation)
        )
        if all(0 <= i < n for i, n in zip(at, x.shape[2:])):
            yield cell, at


@spelled("Convolution", "ConvolutionDepthwise", "DepthwiseConvolution")
def convolution(worked: Worked) -> Iterator[Sum]:
    x, w, y = (worked.arrays[name] for name in ("bottom[0]", "blobs[0]", "top[0]"))
    dy = worked.given["top[0].diff"]
    bias = [(float(worked.arrays["blobs[1]"][0]),)] if "blobs[1]" in worked.arrays else []
    places = list(np.ndindex(*y.shape[2:]))
    terms = [
        (x[(0, c, *at)], w[(0, c, *k)])
        for c in range(w.shape[1])
        for k, at in _seen(worked, places[0])
    ]
    yield Sum("top[0]", first(y), *total(*terms, *bias))
    middle = tuple(n // 2 for n in x.shape[2:])
    back = [
        (dy[(0, m, *place)], w[(m, 0, *k)])
        for m in range(len(w) if w.shape[1] == x.shape[1] else 1)
        for place in places
        for k, at in _seen(worked, place)
        if at == middle
    ]
    yield Sum("bottom[0].diff", (0, 0, *middle), *total(*back))
    corner = (0,) * len(middle)
    weight = [
        (dy[(n, 0, *place)], x[(n, 0, *at)])
        for n in range(len(x))
        for place in places
        for k, at in _seen(worked, place)
        if k == corner
    ]
    yield Sum("blobs[0].diff", first(w), *total(*weight))
    if bias:
        yield Sum("blobs[1].diff", (0,), *total(*((v,) for v in dy[:, 0].ravel())))


@spelled("Deconvolution")
def deconvolution(worked: Worked) -> Iterator[Sum]:
    x, w, y = (worked.arrays[name] for name in ("bottom[0]", "blobs[0]", "top[0]"))
    window, dy = _window(worked), worked.given["top[0].diff"]
    wanted = tuple(n // 2 for n in y.shape[2:])
    reach: dict[tuple[int, ...], list[tuple[float, float]]] = {}
    for place in np.ndindex(*x.shape[2:]):
        for k in np.ndindex(*w.shape[2:]):
            at = tuple(o * s - p + c for o, c, s, p in zip(place, k, window.stride, window.pad))
            reach.setdefault(at, []).append((x[(0, 0, *place)], w[(0, 0, *k)]))
    yield Sum("top[0]", (0, 0, *wanted), *total(*reach[wanted]))
    back = [(dy[(0, 0, *k)], w[(0, 0, *k)]) for k in np.ndindex(*w.shape[2:])]
    yield Sum("bottom[0].diff", first(x), *total(*back))


@spelled("InnerProduct")
def inner_product(worked: Worked) -> Iterator[Sum]:
    x, w = worked.arrays["bottom[0]"], worked.arrays["blobs[0]"]
    b, dy = worked.arrays["blobs[1]"], worked.given["top[0].diff"]
    rows = x.reshape(len(x), -1)
    yield Sum("top[0]", (0, 0), *total(*zip(rows[0], w[0]), (b[0],)))
    yield Sum("bottom[0].diff", first(x), *total(*zip(dy[0], w[:, 0])))
    yield Sum("blobs[0].diff", (0, 0), *total(*zip(dy[:, 0], rows[:, 0])))
    yield Sum("blobs[1].diff", (0,), *total(*((v,) for v in dy[:, 0])))


@spelled("Embed")
def embed(worked: Worked) -> Iterator[Sum]:
    index, w, b = (worked.arrays[name] for name in ("bottom[0]", "blobs[0]", "blobs[1]"))
    dy, row = worked.given["top[0].diff"], int(index[0])
    yield Sum("top[0]", (0, 0), *total((w[row, 0],), (b[0],)))
    same = [(dy[i, 0],) for i, k in enumerate(index) if k == row]
    yield Sum("blobs[0].diff", (row, 0), *total(*same))


@spelled("Scale")
def scale(worked: Worked) -> Iterator[Sum]:
    x, w, b = (worked.arrays[name] for name in ("bottom[0]", "blobs[0]", "blobs[1]"))
    dy = worked.given["top[0].diff"]
    yield Sum("top[0]", first(x), *total((x[first(x)], w[0]), (b[0],)))
    yield Sum("bottom[0].diff", first(x), *total((dy[first(x)], w[0])))
    yield Sum("blobs[0].diff", (0,), *total(*zip(dy[:, 0].ravel(), x[:, 0].ravel())))
    yield Sum("blobs[1].diff", (0,), *total(*((v,) for v in dy[:, 0].ravel())))
