"""Products with matrices: InnerProduct."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from ..registry import rule
from ..site import Site
from ..words import permute, reshape


@rule("Gemm")
def gemm(site: Site) -> str:
    """alpha A B + beta C with constant B and C."""
    weights = _matrix(site)
    if not site.attr("transB", 0):
        weights = weights.T
    weights = weights * float(site.attr("alpha", 1.0))
    outputs = weights.shape[0]
    bias = []
    if site.has(2):
        values = site.needed(2, "C") * float(site.attr("beta", 1.0))
        if values.ndim > 1 and prod(values.shape[:-1]) != 1:
            raise site.refuse(f"C has the shape {values.shape}, not a value for each output")
        bias = [np.broadcast_to(values.reshape(-1), outputs)]
    x = site.blob()
    if site.attr("transA", 0):
        x = permute(site, x, (1, 0))
    return _inner_product(site, x, weights, bias, 1)


def _matrix(site: Site) -> NDArray:
    values = site.const(1)
    if values is None:
        raise site.refuse(
            "it multiplies two blobs: Caffe 1.0 has no layer for that", "cut the net before it"
        )
    return values


@rule("MatMul")
def matmul(site: Site) -> str:
    """x B for the last axis of x, or A x with a constant A for the first of its last two."""
    if site.const(0) is not None and site.const(1) is None:
        return _from_the_left(site)
    weights, shape = _matrix(site), site.shape()
    if weights.ndim > 2 and prod(weights.shape[:-2]) != 1:
        raise site.refuse(f"B has {weights.ndim} axes", "cut the net before it")
    if weights.ndim == 1:
        weights = weights[:, None]
    weights = weights.reshape(weights.shape[-2:]).T
    bias = _bias_behind(site, len(weights))
    y = _inner_product(site, site.blob(), weights, bias, len(shape) - 1)
    return reshape(site, y, site.out())


def _bias_behind(site: Site, outputs: int) -> list[NDArray]:
    """The values of an Add that follows, one an output: taken along."""
    behind = site.follower("Add")
    if behind is None:
        return []
    values = site.const(1, behind)
    values = site.const(0, behind) if values is None else values
    if values is None or values.shape != (outputs,) or values.ndim > len(site.out()):
        return []
    site.take(behind)
    return [values]


def _from_the_left(site: Site) -> str:
    """A x: the last two axes change their places, before and behind."""
    weights = site.needed(0, "A")
    x = site.blob(1)
    rank = len(site.size(x))
    if weights.ndim != 2 or rank < 2:
        raise site.refuse(f"A has {weights.ndim} axes", "cut the net before it")
    turned = [*range(rank - 2), rank - 1, rank - 2]
    y = _inner_product(site, permute(site, x, turned), weights, [], rank - 1)
    return permute(site, y, turned)


def _inner_product(site: Site, x: str, weights: NDArray, bias: list[NDArray], axis: int) -> str:
    outputs = weights.shape[0]
    told = {"num_output": outputs, "bias_term": bool(bias), "axis": axis}
    shape = (*site.size(x)[:axis], outputs)
    return site.layer("InnerProduct", x, shape, [weights, *bias], inner_product_param=told)
