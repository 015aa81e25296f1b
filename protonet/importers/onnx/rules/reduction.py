"""Reductions over some axes."""

from __future__ import annotations

from ..registry import rule
from ..site import Site
from ..words import channel_sum, cut, eltwise, permute, power, reshape
from .neuron import plain
from .pooling import whole_planes

#: Operators whose result is a word of Reduction, and what is done with each value or the sum.
_SUMS = {
    "ReduceSum": "SUM",
    "ReduceMean": "MEAN",
    "ReduceL1": "ASUM",
    "ReduceSumSquare": "SUMSQ",
    "ReduceL2": "SUMSQ",
    "ReduceLogSum": "SUM",
    "ReduceLogSumExp": "SUM",
}
#: Values along an axis up to which the largest of them is taken of as many slices.
_MOST = 1024


@rule(*_SUMS, "ReduceMax", "ReduceMin", "ReduceProd")
def reduce(site: Site) -> str:
    x, shape = site.blob(), site.shape()
    given = site.setting(1, "axes")
    if given is None or not len(given):
        if site.attr("noop_with_empty_axes", 0):
            return x
        given = range(len(shape))
    axes = sorted(int(axis) % len(shape) for axis in given)
    op = site.node.op
    y = _sums(site, x, axes) if op in _SUMS else _extremes(site, x, axes)
    return reshape(site, y, site.out())


def _sums(site: Site, x: str, axes: list[int]) -> str:
    """By global pooling or a filter of ones where the axes are those of planes or channels,
    else by Reduction, which wants them at the end."""
    op, shape = site.node.op, site.size(x)
    rank = len(shape)
    if op == "ReduceMean" and axes == list(range(2, rank)) and rank > 2:
        return whole_planes(site, x, "AVE")
    if op == "ReduceLogSumExp":
        x = plain(site, "Exp", x)
    if axes == [1] and rank > 2 and op in ("ReduceSum", "ReduceMean"):
        return _over_channels(site, x)
    kept = [axis for axis in range(rank) if axis not in axes]
    if [*kept, *axes] != list(range(rank)):
        x = permute(site, x, [*kept, *axes])
    told = {"operation": _SUMS[op], "axis": len(kept)}
    y = site.layer("Reduction", x, tuple(shape[axis] for axis in kept), reduction_param=told)
    if op == "ReduceL2":
        return power(site, y, 1, 0, 0.5)
    return plain(site, "Log", y) if op.startswith("ReduceLog") else y


def _over_channels(site: Site, x: str) -> str:
    shape = site.size(x)
    value = 1.0 if site.node.op == "ReduceSum" else 1 / shape[1]
    site.say(f"over the channels: a convolution whose one filter is {value:.6g}")
    return channel_sum(site, x, value)


def _extremes(site: Site, x: str, axes: list[int]) -> str:
    """The largest, the smallest, the product: of whole planes by pooling, else by Eltwise over
    slices of one value."""
    op, rank = site.node.op, len(site.size(x))
    negative = op == "ReduceMin"
    if negative:
        site.say("the negative largest of the negative ones")
        x = power(site, x, -1)
    if op != "ReduceProd" and axes == list(range(2, rank)) and rank > 2:
        y = whole_planes(site, x, "MAX")
    else:
        y = x
        for axis in axes:
            y = _folded(site, y, axis, "PROD" if op == "ReduceProd" else "MAX")
    return power(site, y, -1) if negative else y


def _folded(site: Site, x: str, axis: int, operation: str) -> str:
    length = site.size(x)[axis]
    if length == 1:
        return x
    if length > _MOST:
        raise site.refuse(f"it goes over {length} values, which would be as many slices")
    site.say("slices of one value through Eltwise")
    return eltwise(site, operation, cut(site, x, axis, [1] * length))
