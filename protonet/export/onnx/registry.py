"""Which converter serves which layer: a table by type, one entry a type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from ...core.layer import Layer
from ...core.registry import Registry

if TYPE_CHECKING:
    from .op import Op

#: From a layer, as an `Op` shows it, to the names of the tensors that are its tops.
Converter = Callable[["Op"], str | Sequence[str]]

CONVERTERS: Registry[Converter] = Registry("converter")

_Function = TypeVar("_Function", bound=Converter)


def converter(*types: str) -> Callable[[_Function], _Function]:
    """Function decorator: serves these types.  Of a type that means other layers in other
    forks, "Normalize of ssd", as in the registry of layers."""

    def add(function: _Function) -> _Function:
        for name in types:
            CONVERTERS.add(name, function)
        return function

    return add


def key_of(layer: Layer) -> str:
    """What the converter of a layer is registered as."""
    return f"{layer.type} of {layer.forks[0]}" if layer.variant else layer.type
