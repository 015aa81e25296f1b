"""Convolutions, both ways.

Caffe pads both ends of an axis alike.  Other padding is had by zeros in the filter: a filter
with m more cells in front, under m more cells of padding, gives the same sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..registry import rule
from ..site import Site
from ..words import concat, cut, picks, power, silence, window


def sides(site: Site, kernel: Sequence[int], transposed: bool = False) -> list[tuple[int, int]]:
    """(begin, end) of the padding of each spatial axis."""
    count = len(kernel)
    auto = site.attr("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        strides = site.attr("strides", [1] * count)
        dilations = site.attr("dilations", [1] * count)
        return [
            _same(site, axis, kernel[axis], strides[axis], dilations[axis], auto, transposed)
            for axis in range(count)
        ]
    pads = site.attr("pads", [0] * 2 * count) if auto == "NOTSET" else [0] * 2 * count
    return list(zip(pads[:count], pads[count:]))


def _same(
    site: Site, axis: int, kernel: int, stride: int, dilation: int, auto: str, transposed: bool
) -> tuple[int, int]:
    size, out = site.shape()[2 + axis], site.out()[2 + axis]
    if transposed:
        size, out = out, size
    total = max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size)
    small, large = total // 2, total - total // 2
    return (small, large) if auto == "SAME_UPPER" else (large, small)


def widened(
    weights: NDArray, ends: Sequence[tuple[int, int]], dilation: Sequence[int]
) -> tuple[NDArray, list[int]] | None:
    """Filters with zeros in front and behind, and the padding that is then the same on both
    sides; None if the dilation leaves no way.  ends: begin and end of each axis."""
    more, pad = [(0, 0), (0, 0)], []
    for (begin, end), step in zip(ends, dilation):
        largest = max(begin, end, 0)
        if (largest - begin) % step or (largest - end) % step:
            return None
        more.append(((largest - begin) // step, (largest - end) // step))
        pad.append(largest)
    return np.pad(weights, more), pad


@rule("Conv")
def convolution(site: Site) -> str:
    weights, x = site.needed(1, "the filters"), site.blob()
    bias = [site.needed(2, "the bias")] if site.has(2) else []
    kernel = weights.shape[2:]
    stride = site.attr("strides", [1] * len(kernel))
    dilation = site.attr("dilations", [1] * len(kernel))
    ends = sides(site, kernel)
    made = widened(weights, ends, dilation)
    if made is None:
        x, made = padded(site, x, ends), (weights, [0] * len(kernel))
    weights, pad = made
    if weights.shape[2:] != kernel:
        site.say(f"padding {ends} is not the same on both sides: zeros in the filters make it so")
    return _layer(site, "Convolution", x, weights, bias, pad, stride, dilation, weights.shape[0])


@rule("ConvTranspose")
def transposed(site: Site) -> str:
    weights, x = site.needed(1, "the filters"), site.blob()
    bias = [site.needed(2, "the bias")] if site.has(2) else []
    group, kernel = site.attr("group", 1), weights.shape[2:]
    stride = site.attr("strides", [1] * len(kernel))
    dilation = site.attr("dilations", [1] * len(kernel))
    ends = _cut_ends(site, kernel, stride, dilation)
    # What is cut off grows with the filter: zeros behind or in front of it balance both ends.
    made = widened(weights, ends, dilation)
    if made is None:
        raise site.refuse("its padding differs on both sides by no multiple of its dilation")
    wide, pad = made
    if wide.shape[2:] != kernel:
        site.say(f"cuts off {ends}, not the same on both sides: zeros in the filters make it so")
    outputs = weights.shape[1] * group
    return _layer(site, "Deconvolution", x, wide, bias, pad, stride, dilation, outputs)


def _cut_ends(
    site: Site, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    """How much of the full result each axis loses in front and behind (less than 0: gains)."""
    begins = [begin for begin, _ in sides(site, kernel, transposed=True)]
    full = [
        s * (n - 1) + d * (k - 1) + 1
        for n, k, s, d in zip(site.shape()[2:], kernel, stride, dilation)
    ]
    if site.attr("output_shape") is not None:
        total = [f - o for f, o in zip(full, site.out()[2:])]
        upper = site.attr("auto_pad", "NOTSET") != "SAME_UPPER"
        begins = [t - t // 2 if upper else t // 2 for t in total]
    return [(b, f - o - b) for b, f, o in zip(begins, full, site.out()[2:])]


def _layer(
    site: Site,
    kind: str,
    x: str,
    weights: NDArray,
    bias: list[NDArray],
    pad: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    outputs: int,
) -> str:
    told = {
        "num_output": outputs,
        **window(weights.shape[2:], pad, stride, dilation),
        "group": site.attr("group", 1),
        "bias_term": bool(bias),
    }
    return site.layer(kind, x, site.out(), [weights, *bias], convolution_param=told)


# -- padding ----------------------------------------------------------------------------------


def padded(site: Site, x: str, ends: Sequence[tuple[int, int]], value: float = 0.0) -> str:
    """x (N, C, ...) with a value around it: each channel through a filter with one 1 in it."""
    if not any(map(any, ends)):
        return x
    filters = np.ones((1, 1, *[1] * len(ends)), np.float32)
    made = widened(filters, ends, [1] * len(ends))
    assert made is not None
    site.say(f"pads by {ends}, by a convolution that only moves values")
    y = picks(site, power(site, x, 1, -value), made[0][0, 0], made[1], [1] * len(ends))
    return power(site, y, 1, value)


@rule("Pad")
def pad(site: Site) -> str:
    mode, x = site.attr("mode", "constant"), site.blob()
    shape = site.size(x)
    pads = site.setting(1, "pads") or []
    value = float(np.reshape(site.setting(2, "value", 0.0), -1)[0])
    axes = site.setting(3, "axes", list(range(len(shape))))
    ends = [(0, 0)] * len(shape)
    for number, axis in enumerate(axes):
        ends[axis] = (int(pads[number]), int(pads[number + len(axes)]))
    for axis, (begin, end) in enumerate(ends):
        if begin < 0 or end < 0:
            x = _trimmed(site, x, axis, max(0, -begin), max(0, -end))
    ends = [(max(0, begin), max(0, end)) for begin, end in ends]
    if mode != "constant":
        for axis, (begin, end) in enumerate(ends):
            x = mirrored(site, x, axis, begin, end, mode)
        return x
    if len(shape) > 2 and not any(map(any, ends[:2])):
        return padded(site, x, ends[2:], value)
    for axis, both in enumerate(ends):
        x = _joined(site, x, axis, both, value)
    return x


def _trimmed(site: Site, x: str, axis: int, begin: int, end: int) -> str:
    length = site.size(x)[axis]
    sizes = [size for size in (begin, length - begin - end, end) if size]
    made = cut(site, x, axis, sizes)
    kept = made[1 if begin else 0]
    silence(site, [blob for blob in made if blob != kept])
    return kept


def _joined(site: Site, x: str, axis: int, ends: tuple[int, int], value: float) -> str:
    parts = []
    for side, length in enumerate(ends):
        shape = list(site.size(x))
        shape[axis] = length
        parts += [x] if side else []
        parts += [site.constant(np.full(shape, value))] if length else []
    return concat(site, parts if x in parts else [*parts, x], axis)


def mirrored(site: Site, x: str, axis: int, begin: int, end: int, mode: str) -> str:
    """Edge values, or mirrored ones, as slices of one value each, joined."""
    if not begin and not end:
        return x
    if mode not in ("edge", "reflect"):
        raise site.refuse(f"it pads in the mode '{mode}'")
    length = site.size(x)[axis]
    # Of these two modes the words are NumPy's.
    order = np.pad(np.arange(length), ((begin, end),), mode=cast(Any, mode))
    site.say(f"{mode} padding by slices that are joined")
    singles = min(begin + 1, length), min(end + 1, max(0, length - begin - 1))
    middle = length - sum(singles)
    sizes = [1] * singles[0] + ([middle] if middle else []) + [1] * singles[1]
    starts = dict(zip(np.cumsum([0, *sizes[:-1]]).tolist(), cut(site, x, axis, sizes)))
    return concat(site, [starts[place] for place in order.tolist() if place in starts], axis)
