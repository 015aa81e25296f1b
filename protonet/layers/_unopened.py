"""Layers that are looked at without what they need: their data, mean file, module or class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ..core.blob import Blob
from ..core.context import Context
from ..core.layer import Blobs, Layer, at_least
from ..errors import NetError, ProtonetError, UnknownShape
from ..log import log
from ..proto import caffe_pb2 as pb

#: Sizes of a top; a letter stands for one that the definition does not tell.
Written = Sequence[int | str]


def told_shapes(
    layer: Layer, written: Sequence[Written], error: ProtonetError, assumed: str = ""
) -> list[tuple[int, ...]]:
    """The shapes of a layer's tops without what it reads: those given to the net, else those
    that the definition tells.  UnknownShape if a size stays unknown.

    written: a shape for each top.  error: why the layer cannot read.  assumed: what of them is
    usual, but not written.
    """
    given = layer.context.shapes
    shapes = [given.get(name, shape) for name, shape in zip(layer.param.top, written)]
    known = [tuple(n for n in shape if isinstance(n, int)) for shape in shapes]
    unknown = [
        (name, ",".join(map(str, shape)))
        for name, shape, sizes in zip(layer.param.top, shapes, known)
        if len(sizes) < len(shape)
    ]
    if unknown:
        missing = unknown_shape(unknown, error)
        names = {name for name, _ in unknown}
        missing.shapes = {n: s for n, s in zip(layer.param.top, known) if n not in names}
        raise missing
    if layer.param.top[0] not in given:
        log.warning(
            "layer '%s': %s; its shape is taken from the definition: %s%s",
            layer.name,
            error.what,
            ", ".join(
                f"{name} {'x'.join(map(str, shape))}" for name, shape in zip(layer.param.top, known)
            ),
            assumed and f" ({assumed})",
        )
    return known


def unknown_shape(unknown: Sequence[tuple[str, str]], error: ProtonetError) -> UnknownShape:
    """The error that names the tops, with what --shape may say of each."""
    names = " and ".join(f"'{name}'" for name, _ in unknown)
    options = " ".join(f"--shape {name}={sizes}" for name, sizes in unknown)
    hint = error.hint and f"{error.hint}, or "
    return UnknownShape(
        f"{error.what}, so the shape of {names} is not known",
        f"{hint}to look at the net without it, give {options} to summary, or "
        "Net(..., open_data=False, shapes={...})",
        field=error.field,
    )


def unknown_because(error: ProtonetError) -> UnknownShape:
    """The fault of a layer as the reason why the shapes of its tops are not known."""
    if isinstance(error, UnknownShape):
        return error
    return UnknownShape(error.what, error.hint, field=error.field)


class Unshaped(Layer):
    """In place of a layer that could not be set up, in a net that is looked at in part."""

    in_place = True
    has_backward = False
    backward_reads = frozenset()

    def __init__(self, layer: Layer, error: UnknownShape) -> None:
        super().__init__(layer.param, layer.context)
        self.error, self.stands_for = error, type(layer)

    def _refuse(self) -> NoReturn:
        raise NetError(f"it cannot run: {self.error.what}", self.error.hint)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._refuse()

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._refuse()

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self._refuse()


class Unknown(Layer):
    """In place of a layer whose class nobody has, or does not take it as it is written, in a
    net that is looked at.  It never knows the shapes of its tops."""

    bottoms = tops = at_least(0)
    in_place = True

    def __init__(self, param: pb.LayerParameter, context: Context, error: ProtonetError) -> None:
        super().__init__(param, context)
        self._error = unknown_because(error)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        raise self._error


def reshape_all(top: Sequence[Blob], shapes: Sequence[tuple[int, ...]]) -> None:
    for blob, shape in zip(top, shapes):
        blob.reshape(*shape)
