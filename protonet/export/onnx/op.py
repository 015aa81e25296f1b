"""Op: one layer as its converter sees it, and what the converter writes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError
from ...net.step import Step
from .dims import Dim, Dims
from .writer import Writer

#: What a node takes: the name of a tensor ("": none), or values for a constant.
Operand = str | float | int | Sequence[int] | Sequence[float] | NDArray


class Refused(NetError):
    """A layer that ONNX has no words for."""


class Op:
    """One layer: its bottoms by the names of their tensors, and `node` to add what ONNX has.

    bottom: names of tensors.  bottom_dims, top_dims: their sizes, names where they vary.
    All tensors are float32, as blobs are; what is made in between may be of other types.
    """

    def __init__(
        self,
        writer: Writer,
        step: Step,
        bottom: Sequence[str],
        bottom_dims: Sequence[Dims],
        top_dims: Sequence[Dims],
    ) -> None:
        self.writer, self.step = writer, step
        self.layer: Any = step.layer  # a converter knows which class it is for
        self.param = step.layer.param
        self.bottom, self.bottom_dims, self.top_dims = bottom, bottom_dims, top_dims
        self.opset = writer.opset

    @property
    def name(self) -> str:
        return self.writer.layer_name

    # -- what may be refused -------------------------------------------------------------

    def refuse(self, what: str, hint: str = "", field: str = "") -> Refused:
        """The error for what ONNX cannot say, at the line of a field of the layer."""
        fault = self.step.layer.fault(what, hint, field)
        error = Refused(what, hint, field=fault.field)
        self.step.locate(error)
        return error

    def fixed(self, dims: Dims, why: str) -> tuple[int, ...]:
        """The sizes as numbers; Refused if one of them varies.  why: what they are needed for."""
        for dim in dims:
            if isinstance(dim, str):
                raise self.refuse(
                    f"{why} depends on the size '{dim}', which varies", "give it a fixed size"
                )
        return tuple(int(dim) for dim in dims)

    # -- values --------------------------------------------------------------------------

    def shape(self, index: int = 0) -> tuple[int, ...]:
        """The present shape of a bottom."""
        return self.step.bottom[index].shape

    def weights(self, index: int) -> str:
        """The tensor of one of the layer's parameters, as it lies in the net."""
        blobs = self.step.layer.blobs
        return self.writer.parameter(blobs[index], index % len(blobs))

    def values(self, index: int) -> NDArray:
        """The values of one of the layer's parameters, to work with."""
        return self.step.layer.blobs[index].data

    def const(self, values: Any, what: str = "constant") -> str:
        """The tensor of a constant: whole numbers as int64, all others as float32."""
        return self.writer.constant(values, what)

    # -- nodes ---------------------------------------------------------------------------

    def node(self, kind: str, *operands: Operand, **attributes: Any) -> str:
        """Add an operator; returns the name of its one output."""
        return self.nodes(kind, 1, *operands, **attributes)[0]

    def nodes(self, kind: str, count: int, *operands: Operand, **attributes: Any) -> list[str]:
        """Add an operator of several outputs."""
        inputs = [each if isinstance(each, str) else self.const(each) for each in operands]
        return self.writer.add(kind, inputs, count, attributes)

    def cast(self, x: str, to: str) -> str:
        """x as "FLOAT", "INT64" or "BOOL"; floats lose what stands behind the point."""
        return self.node("Cast", x, to=self.writer.type_number(to))

    def reduce(self, kind: str, x: str, axes: Sequence[int], keep: bool = True) -> str:
        """ReduceSum and its like, over these axes; from opset 18 on they are an input, of
        ReduceSum from 13 on."""
        if not axes:
            return x
        if self.opset >= 18 or kind == "ReduceSum":
            return self.node(kind, x, list(axes), keepdims=int(keep))
        return self.node(kind, x, axes=list(axes), keepdims=int(keep))

    def sum(self, tensors: Sequence[str]) -> str:
        """Of any number of tensors, from left to right."""
        total = tensors[0]
        for tensor in tensors[1:]:
            total = self.node("Add", total, tensor)
        return total

    def unsqueeze(self, x: str, axes: Sequence[int]) -> str:
        return self.node("Unsqueeze", x, list(axes)) if axes else x

    def squeeze(self, x: str, axes: Sequence[int]) -> str:
        return self.node("Squeeze", x, list(axes)) if axes else x

    def slice(self, x: str, axis: int, start: int, stop: int, step: int = 1) -> str:
        return self.node("Slice", x, [start], [stop], [axis], [step])

    def turned(self, x: str, axes: Sequence[int]) -> str:
        """x from the last to the first along these axes."""
        if not axes:
            return x
        first = [np.iinfo(np.int64).min + 1] * len(axes)
        return self.node("Slice", x, [-1] * len(axes), first, list(axes), [-1] * len(axes))

    def softplus(self, x: str) -> str:
        """log(1 + e^x) as max(x, 0) + log(1 + e^-|x|): large values stay finite."""
        small = self.node("Exp", self.node("Neg", self.node("Abs", x)))
        return self.node(
            "Add", self.node("Relu", x), self.node("Log", self.node("Add", small, 1.0))
        )

    def zeros(self, shape: Operand) -> str:
        """Floats of a shape that is computed."""
        return self.node("ConstantOfShape", shape)

    def pad(self, x: str, pads: Sequence[int], value: float = 0.0) -> str:
        """pads: before each axis, then behind each axis."""
        if not any(pads):
            return x
        return self.node("Pad", x, list(pads), float(value), mode="constant")

    # -- shapes --------------------------------------------------------------------------

    def size(self, x: str, dim: Dim, axis: int) -> Operand:
        """The length of axis `axis` of x, as int64 (1): a number if it does not vary."""
        if not isinstance(dim, str):
            return [int(dim)]
        return self.node("Slice", self.node("Shape", x), [axis], [axis + 1])

    def count(self, x: str, dims: Dims) -> Operand:
        """How many values x has, as a float: a number if it does not vary."""
        if not any(isinstance(dim, str) for dim in dims):
            return float(np.prod([int(dim) for dim in dims]))
        return self.cast(self.node("Size", x), "FLOAT")

    def reshape(self, x: str, old: Dims, new: Dims) -> str:
        """x, of the sizes `old`, with the sizes `new`."""
        if old == new:
            return x
        if not new:
            return self.node("Reshape", x, np.zeros(0, np.int64))
        return self.node("Reshape", x, self.target(x, old, new))

    def target(self, x: str, old: Dims, new: Dims) -> Operand:
        """The shape `new` for Reshape of an x of the sizes `old`."""
        plain: list[int] = []
        for axis, dim in enumerate(new):
            if not isinstance(dim, str):
                plain.append(int(dim))
            else:
                plain.append(0 if axis < len(old) and old[axis] == dim else -1)
        if plain.count(-1) <= 1:
            return plain
        parts: list[Operand] = []
        for dim in new:
            if isinstance(dim, str) and dim not in old:
                parts.append([-1])
            else:
                parts.append(self.size(x, dim, old.index(dim) if isinstance(dim, str) else 0))
        if sum(part == [-1] for part in parts) > 1:
            raise self.refuse("two sizes of its top vary in a way of their own", "fix the shape")
        return self.node("Concat", *parts, axis=0)

    def shaped_like(self, x: str, top: int = 0, bottom: int = 0) -> str:
        """x, of a bottom's shape, reshaped to a top's."""
        return self.reshape(x, self.bottom_dims[bottom], self.top_dims[top])
