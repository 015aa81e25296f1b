"""From the prototxt's word to the class: layers by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import NetError, did_you_mean
from .context import Context

if TYPE_CHECKING:
    from .layer import Layer

_LAYERS: dict[str, type[Layer]] = {}
_Class = TypeVar("_Class", bound="type[Layer]")


def register(cls: _Class) -> _Class:
    """Class decorator: make a layer known under its `type`."""
    if _LAYERS.setdefault(cls.type, cls) is not cls:
        raise ValueError(f"two layers of type {cls.type}: {_LAYERS[cls.type]} and {cls}")
    return cls


def layer_types() -> list[str]:
    """All registered types, in alphabetical order."""
    return sorted(_LAYERS)


def layer_class(type_name: str) -> type[Layer]:
    """The class registered for a type; NetError with the nearest known type if none is."""
    try:
        return _LAYERS[type_name]
    except KeyError:
        hint = did_you_mean(type_name, _LAYERS) or "'protonet layers' lists the known types"
        what = f"unknown type '{type_name}'" if type_name else "the type is missing"
        raise NetError(what, hint) from None


def create_layer(param: Any, context: Context) -> Layer:
    """A layer for a LayerParameter."""
    return layer_class(param.type)(param, context)
