"""Pooling.

Caffe's Pooling has two spatial axes, pads both ends of one alike, and mostly rounds up; the
last windows may reach over the end.  So what ONNX pads behind a plane need not be said if the
number of windows is right.  One axis is pooled as a plane of one row, three in two steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from ....kernels.pool import out_size
from ..registry import rule
from ..site import Site
from ..words import affine, part, power, reshape
from .convolution import mirrored, padded, sides


@dataclass(frozen=True)
class Axis:
    """One axis that is pooled.  out: the number of windows."""

    size: int
    kernel: int
    stride: int
    begin: int
    end: int
    out: int

    def cells(self, last: int) -> NDArray:
        """How many cells up to `last` each window has that begins in the padding."""
        starts = np.arange(self.out) * self.stride - self.begin
        return np.minimum(starts + self.kernel, last) - starts

    def inside(self) -> NDArray:
        """How many cells of the plane each window has."""
        starts = np.arange(self.out) * self.stride - self.begin
        return np.minimum(starts + self.kernel, self.size) - np.maximum(starts, 0)


@rule("MaxPool", "AveragePool", "LpPool")
def pool(site: Site) -> str:
    kernel = site.attr("kernel_shape")
    if len(site.outputs) > 1 and site.outputs[1] and site.graph.readers.get(site.outputs[1]):
        raise site.refuse("the places of the largest values are read", "cut the net before it")
    if any(d != 1 for d in site.attr("dilations", [])):
        raise site.refuse("Caffe's Pooling has no dilation")
    stride = site.attr("strides", [1] * len(kernel))
    axes = [
        Axis(size, k, s, *ends, out)
        for size, k, s, ends, out in zip(
            site.shape()[2:], kernel, stride, sides(site, kernel), site.out()[2:]
        )
    ]
    x = site.blob()
    if site.node.op == "LpPool":
        return _lengths(site, x, axes)
    return _pooled(site, x, axes, "MAX" if site.node.op == "MaxPool" else "AVE")


def _lengths(site: Site, x: str, axes: Sequence[Axis]) -> str:
    """(sum of |x|^p over a window)^(1/p), by the mean."""
    p = float(site.attr("p", 2))
    if any(axis.begin or axis.end for axis in axes):
        raise site.refuse("LpPool with padding")
    site.say(f"(mean of |x|^{p:g}, times the cells of a window)^(1/{p:g})")
    size = site.size(x)
    powers = power(site, site.layer("AbsVal", x, size) if p % 2 else x, 1, 0, p)
    mean = _pooled(site, powers, axes, "AVE")
    return power(site, mean, float(prod(axis.kernel for axis in axes)), 0, 1 / p)


@rule("GlobalMaxPool", "GlobalAveragePool")
def whole(site: Site) -> str:
    method = "MAX" if site.node.op == "GlobalMaxPool" else "AVE"
    return whole_planes(site, site.blob(), method)


def whole_planes(site: Site, x: str, method: str) -> str:
    """The largest value or the mean of all behind the channels; those axes are 1 then."""
    shape = site.size(x)
    images, channels = shape[:2]
    if len(shape) != 4:
        x = reshape(site, x, (images, channels, 1, prod(shape[2:])))
    told = {"pool": method, "global_pooling": True}
    y = site.layer("Pooling", x, (images, channels, 1, 1), pooling_param=told)
    return reshape(site, y, (images, channels, *[1] * (len(shape) - 2)))


def _pooled(site: Site, x: str, axes: Sequence[Axis], method: str) -> str:
    shape, original = site.size(x), axes
    x, axes = _reached(site, x, axes, method)
    if len(axes) == 2:
        y = _plane(site, x, axes, method)
    elif len(axes) == 1:
        y = _line(site, x, axes[0], method)
    elif len(axes) == 3:
        y = _volume(site, x, axes, method)
    else:
        raise site.refuse(f"pooling over {len(axes)} axes")
    if method == "AVE":
        y = _divided(site, y, axes, original)
    return reshape(site, y, (*shape[:2], *(axis.out for axis in axes)))


def _reached(site: Site, x: str, axes: Sequence[Axis], method: str) -> tuple[str, Sequence[Axis]]:
    """Planes that reach to the end of the last window, where padding makes one that Caffe does
    not: by zeros for a mean, by the last values for the largest."""
    short = [max(0, axis.out - _windows([axis, axis], True)[0]) for axis in axes]
    if not any(short):
        return x, axes
    more = [
        (axis.out - 1) * axis.stride + axis.kernel - axis.begin - axis.size if few else 0
        for axis, few in zip(axes, short)
    ]
    if method == "AVE":
        x = padded(site, x, [(0, m) for m in more])
    else:
        for number, m in enumerate(more):
            x = mirrored(site, x, 2 + number, 0, m, "edge")
    return x, [replace(axis, size=axis.size + m, end=axis.end - m) for axis, m in zip(axes, more)]


def _line(site: Site, x: str, axis: Axis, method: str) -> str:
    images, channels, size = site.size(x)
    site.say("one axis is pooled as a plane of one row")
    x = reshape(site, x, (images, channels, 1, size))
    return _plane(site, x, [Axis(1, 1, 1, 0, 0, 1), axis], method)


def _volume(site: Site, x: str, axes: Sequence[Axis], method: str) -> str:
    """Height and width first, then the depth of what is left."""
    images, channels, depth = site.size(x)[:3]
    site.say("three axes are pooled in two steps")
    x = reshape(site, x, (images, channels * depth, axes[1].size, axes[2].size))
    y = _plane(site, x, axes[1:], method)
    rest = axes[1].out * axes[2].out
    y = reshape(site, y, (images, channels, depth, rest))
    return _plane(site, y, [axes[0], Axis(rest, 1, 1, 0, 0, rest)], method)


def _plane(site: Site, x: str, axes: Sequence[Axis], method: str) -> str:
    """Pooling of (N, C, H, W); windows too many are cut off."""
    if any(axis.begin >= axis.kernel for axis in axes):
        raise site.refuse("its padding is not smaller than its window")
    wanted = tuple(axis.out for axis in axes)
    ceil = _windows(axes, True) == wanted or _windows(axes, False) != wanted or site.common
    made = _windows(axes, ceil)
    if any(m < axis.out for m, axis in zip(made, axes)):
        raise site.refuse("its padding behind the plane makes windows that Caffe has not")
    told = {
        "pool": method,
        **_both("kernel", "kernel_size", [axis.kernel for axis in axes]),
        **_both("stride", "stride", [axis.stride for axis in axes], 1),
        **_both("pad", "pad", [axis.begin for axis in axes], 0),
    }
    if not ceil:
        told["round_mode"] = "FLOOR"
    y = site.layer("Pooling", x, (*site.size(x)[:2], *made), pooling_param=told)
    for number, (m, axis) in enumerate(zip(made, axes)):
        if m > axis.out:
            site.say("Caffe makes more windows here: they are cut off")
            y = part(site, y, 2 + number, 0, axis.out)
    return y


def _windows(axes: Sequence[Axis], ceil: bool) -> tuple[int, int]:
    """How many Caffe makes, with `begin` of padding on both sides."""
    size, kernel, stride, pad = zip(*((a.size, a.kernel, a.stride, a.begin) for a in axes))
    return out_size(size, kernel, stride, pad, ceil)


def _both(short: str, name: str, sizes: Sequence[int], usual: int | None = None) -> dict[str, int]:
    """kernel_size: 3, or kernel_h and kernel_w."""
    if len(set(sizes)) == 1:
        return {} if sizes[0] == usual else {name: sizes[0]}
    return {f"{short}_h": sizes[0], f"{short}_w": sizes[1]}


def _divided(site: Site, y: str, axes: Sequence[Axis], original: Sequence[Axis]) -> str:
    """A mean with Caffe's divisors, which count padding up to `begin` behind the plane, as one
    with ONNX's, for the original planes: times a constant plane."""
    counts = bool(site.attr("count_include_pad", 0))
    factors = []
    for axis, own in zip(axes, original):
        caffe = axis.cells(axis.size + axis.begin)
        wanted = own.cells(own.size + own.end) if counts else own.inside()
        factors.append(caffe / wanted)
    if all((factor == 1).all() for factor in factors):
        return y
    plane = np.ones([])
    for factor in factors:
        plane = plane[..., None] * factor
    site.say("Caffe divides by other numbers of cells at the border: a factor for each place")
    if len(axes) == 3:
        plane = plane.reshape(plane.shape[0], -1)
    if len(axes) == 1:
        plane = plane[None]
    return affine(site, y, plane, axis=2)
