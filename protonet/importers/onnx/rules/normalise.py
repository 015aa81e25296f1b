"""Normalisation: by constant statistics, by those of an item, and over channels."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from ..graph import Shape
from ..registry import rule
from ..site import Site
from ..words import affine, channel_sum, power, product, reshape, spread, spread_blob, tile

_EPSILON = 1e-5


@rule("BatchNormalization")
def batch_norm(site: Site) -> str:
    """BatchNorm with the mean and the variance, then Scale; one of them may do nothing."""
    if site.attr("training_mode", 0):
        raise site.refuse("it takes the statistics of the batch", "export the model for inference")
    names = ("the factor", "the offset", "the mean", "the variance")
    factor, offset, mean, var = (site.needed(i + 1, names[i]) for i in range(4))
    y = _normalised(site, site.blob(), mean, var)
    if (factor == 1).all() and (offset == 0).all():
        return y
    site.say("BatchNorm divides, Scale multiplies and adds")
    return affine(site, y, factor, offset)


def _normalised(site: Site, x: str, mean: NDArray, var: NDArray) -> str:
    told = {"eps": float(site.attr("epsilon", _EPSILON))}
    weights = [mean, var, np.ones(1)]
    return site.layer("BatchNorm", x, site.size(x), weights, "bn", batch_norm_param=told)


def _of_the_values(site: Site, x: str, shape: Shape) -> str:
    """(x - mean) / sqrt(var + eps) of each row of x as (1, rows, values), in a shape.

    By a BatchNorm that takes the statistics of what it gets.
    """
    rows, values = shape
    old = site.size(x)
    site.say("BatchNorm over rows of their own: MVN would add eps behind the root")
    flat = reshape(site, x, (1, rows, values))
    told = {"eps": float(site.attr("epsilon", _EPSILON)), "use_global_stats": False}
    weights = [np.zeros(rows), np.ones(rows), np.ones(1)]
    size = (1, rows, values)
    y = site.layer("BatchNorm", flat, size, weights, "bn", batch_norm_param=told)
    return reshape(site, y, old)


@rule("InstanceNormalization")
def instance_norm(site: Site) -> str:
    factor, offset = site.needed(1, "the factor"), site.needed(2, "the offset")
    x = site.blob()
    images, channels, *spatial = site.size(x)
    y = _of_the_values(site, x, (images * channels, prod(spatial)))
    return _scaled(site, y, factor, offset, 1)


@rule("LayerNormalization")
def layer_norm(site: Site) -> str:
    """Over all axes from one on."""
    x, axis = site.blob(), site.axis(default=-1)
    shape = site.size(x)
    y = _of_the_values(site, x, (prod(shape[:axis]), prod(shape[axis:])))
    factor, at = spread(site.needed(1, "the factor"), shape)
    offset = site.const(2)
    if offset is None:
        return affine(site, y, factor, None, at)
    return affine(site, y, factor, spread(offset, shape)[0], at)


@rule("GroupNormalization")
def group_norm(site: Site) -> str:
    x, groups = site.blob(), int(site.attr("num_groups"))
    images, channels, *spatial = site.size(x)
    y = _of_the_values(site, x, (images * groups, channels // groups * prod(spatial)))
    parts = [site.needed(1, "the factor"), site.needed(2, "the offset")]
    factor, offset = (np.repeat(v, channels // groups) if len(v) == groups else v for v in parts)
    return _scaled(site, y, factor, offset, 1)


def _scaled(site: Site, y: str, factor: NDArray, offset: NDArray, axis: int) -> str:
    if (factor == 1).all() and (offset == 0).all():
        return y
    return affine(site, y, factor, offset, axis)


@rule("LpNormalization")
def length(site: Site) -> str:
    """x by its length over the channels, or over the last axis."""
    x, p, axis = site.blob(), int(site.attr("p", 2)), site.axis(default=-1)
    shape = site.size(x)
    site.say("x / (sum of |x|^p)^(1/p)")
    if axis == len(shape) - 1:
        told = {"operation": "SUMSQ" if p == 2 else "ASUM", "axis": axis}
        total = site.layer("Reduction", x, shape[:axis], reduction_param=told)
        factor = power(site, total, 1, 0, -1 / p)
        return spread_blob(site, "Scale", x, reshape(site, factor, (*shape[:axis], 1)))
    if axis != 1:
        raise site.refuse("it goes over an axis that is neither the channels nor the last")
    each = power(site, x, 1, 0, 2) if p == 2 else site.layer("AbsVal", x, shape)
    total = channel_sum(site, each, 1.0)
    return product(site, x, tile(site, power(site, total, 1, 0, -1 / p), shape))


@rule("LRN")
def lrn(site: Site) -> str:
    size, x = int(site.attr("size")), site.blob()
    if size % 2 == 0:
        raise site.refuse(f"its size {size} is even, which Caffe's LRN does not take")
    told = {
        "local_size": size,
        "alpha": float(site.attr("alpha", 1e-4)),
        "beta": float(site.attr("beta", 0.75)),
        "k": float(site.attr("bias", 1.0)),
    }
    return site.layer("LRN", x, site.size(x), lrn_param=told)
