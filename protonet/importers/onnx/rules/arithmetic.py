"""Sums, products, quotients, powers, with broadcasting.

One number: Power.  Constant numbers for some axes: Scale or Bias.  Two blobs of one shape:
Eltwise.  Two blobs, of which one has 1 for some axes: Scale or Bias with two bottoms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..graph import Node, Shape
from ..registry import rule
from ..site import Site
from ..words import affine, eltwise, power, product, reshape, spread, spread_blob, tile
from .neuron import clipped

_BINARY = ("Add", "Sub", "Mul", "Div")
_ENDS = ("Pow", "Sqrt", "Reciprocal")


@dataclass
class Number:
    """(shift + scale x)^exponent, that grows by a node at a time."""

    scale: float = 1.0
    shift: float = 0.0
    exponent: float = 1.0

    def take(self, site: Site, node: Node, tensor: str) -> bool:
        """Put a node that reads `tensor` behind; False if it is none of numbers."""
        if node.op == "Neg":
            self.scale, self.shift = -self.scale, -self.shift
            return True
        if node.op in ("Sqrt", "Reciprocal"):
            self.exponent = 0.5 if node.op == "Sqrt" else -1.0
            return True
        if len(node.inputs) != 2 or node.op not in (*_BINARY, "Pow"):
            return False
        first = node.inputs[0] == tensor
        values = site.const(1 if first else 0, node)
        if values is None or values.size != 1:
            return False
        c = float(values.reshape(()))
        return self._with(node.op, c) if first else self._behind(node.op, c)

    def _with(self, op: str, c: float) -> bool:
        """x op c"""
        if op in ("Mul", "Div"):
            c = c if op == "Mul" else 1 / c
            self.scale, self.shift = self.scale * c, self.shift * c
        elif op == "Pow":
            self.exponent = c
        else:
            self.shift += c if op == "Add" else -c
        return True

    def _behind(self, op: str, c: float) -> bool:
        """c op x"""
        if op == "Pow" or (op == "Div" and c == 0):
            return False
        if op == "Div":
            self.scale, self.shift, self.exponent = self.scale / c, self.shift / c, -1.0
        elif op == "Sub":
            self.scale, self.shift = -self.scale, c - self.shift
        else:
            self._with(op, c)
        return True


@rule("Add", "Sub", "Mul", "Div", "Neg", "Pow", "Sqrt", "Reciprocal")
def arithmetic(site: Site) -> str:
    node = site.node
    number = Number()
    variable = next((n for n in node.inputs if n not in site.graph.constants), node.inputs[0])
    if number.take(site, node, variable):
        return _numbers(site, site.blob_of(variable), number)
    if node.op == "Pow":
        return _pow(site)
    constants = [site.const(0), site.const(1)]
    if any(values is not None for values in constants):
        return _constant(site, variable, constants)
    return _two(site, node.op, site.blob(0), site.blob(1))


def _numbers(site: Site, x: str, number: Number) -> str:
    """A row of nodes that each take one number, as one Power."""
    first, shape = site.node, site.size(x)
    while number.exponent == 1:
        behind = site.follower(*_BINARY, *_ENDS, "Neg")
        if behind is None or not number.take(site, behind, site.outputs[0]):
            break
        site.take(behind)
    if site.taken:
        site.say(f"one Power for {', '.join(n.op for n in [first, *site.taken])}")
    y = power(site, x, number.scale, number.shift, number.exponent)
    return reshape(site, y, site.out()) if site.out() != shape else y


def _pow(site: Site) -> str:
    raise site.refuse("Power takes one constant exponent")


def _constant(site: Site, variable: str, constants: list[NDArray | None]) -> str:
    """With constant numbers for some axes: Scale, with those of an Add behind it, or Bias."""
    values = next(v for v in constants if v is not None).astype(np.float64)
    op, whole = site.node.op, site.out()
    x = _grown(site, site.blob_of(variable), whole)
    behind_constant = constants[0] is not None
    if op == "Sub":
        values = values if behind_constant else -values
        x = power(site, x, -1) if behind_constant else x
    elif op == "Div":
        x = power(site, x, 1, 0, -1) if behind_constant else x
        values = values if behind_constant else 1 / values
    array, axis = spread(values, whole)
    if op in ("Add", "Sub"):
        return affine(site, x, None, array, axis)
    offset = _offset(site, whole, array.shape, axis)
    return affine(site, x, array, offset, axis)


def _offset(site: Site, whole: Shape, shape: Shape, axis: int) -> NDArray | None:
    """The values of an Add that follows, if they are for the same axes: taken along."""
    behind = site.follower("Add")
    if behind is None:
        return None
    values = site.const(1, behind)
    values = site.const(0, behind) if values is None else values
    if values is None or values.ndim > len(whole):
        return None
    array, first = spread(values, whole)
    if (array.shape, first) != (shape, axis):
        return None
    site.take(behind)
    return array


def _grown(site: Site, x: str, whole: Shape) -> str:
    """x with ones in front, and repeated to be of a whole shape."""
    old = site.size(x)
    if old == whole:
        return x
    if len(old) != len(whole):
        x = reshape(site, x, (1,) * (len(whole) - len(old)) + old)
    return tile(site, x, whole)


def _two(site: Site, op: str, x: str, y: str) -> str:
    """Two blobs."""
    whole = site.out()
    if op == "Div":
        site.say("times the other one to the power of -1")
        y = power(site, y, 1, 0, -1)
    if site.size(x) == site.size(y) == whole:
        if op in ("Mul", "Div"):
            return product(site, x, y)
        return eltwise(site, "SUM", [x, y], [1, -1] if op == "Sub" else [])
    if op == "Sub":
        y = power(site, y, -1)
    if site.size(y) == whole or (site.size(x) != whole and _count(site, y) > _count(site, x)):
        x, y = y, x
    kind = "Scale" if op in ("Mul", "Div") else "Bias"
    site.say(f"{kind} spreads {site.size(y)} over {whole}")
    return spread_blob(site, kind, _grown(site, x, whole), y)


def _count(site: Site, x: str) -> int:
    return int(np.prod(site.size(x)))


@rule("Sum", "Mean", "Max", "Min")
def several(site: Site) -> str:
    """Any number of tensors."""
    op, whole = site.node.op, site.out()
    if op in ("Max", "Min") and len(site.node.inputs) == 2:
        bound = next((v for v in (site.const(0), site.const(1)) if v is not None), None)
        if bound is not None and bound.size == 1:
            return _bounded(site, float(bound.reshape(())))
    bottoms = [_grown(site, site.blob(i), whole) for i in range(len(site.node.inputs))]
    if op == "Min":
        site.say("the negative largest of the negative ones")
        bottoms = [power(site, x, -1) for x in bottoms]
    count = len(bottoms)
    if count == 1:
        y = bottoms[0]
    else:
        y = eltwise(site, "MAX" if op in ("Max", "Min") else "SUM", bottoms)
    if op == "Min":
        return power(site, y, -1)
    return power(site, y, 1 / count) if op == "Mean" else y


def _bounded(site: Site, bound: float) -> str:
    huge = float(np.finfo(np.float32).max)
    x = site.blob(0 if site.const(0) is None else 1)
    low, high = (bound, huge) if site.node.op == "Max" else (-huge, bound)
    return reshape(site, clipped(site, x, low, high), site.out())
