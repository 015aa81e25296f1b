"""From a word in a file to what serves it: layers by type, and every other such table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import NetError, did_you_mean
from ..proto import caffe_pb2 as pb
from .context import Context

if TYPE_CHECKING:
    from .layer import Layer

_Item = TypeVar("_Item", bound="Callable[..., Any]")
_Value = TypeVar("_Value", bound="Callable[..., Any]")


class Registry(Mapping[str, _Item], Generic[_Item]):
    """Classes or functions by name, in order of their registration.

    A second one of the same name, module and qualified name replaces the first: a notebook
    cell that is run twice.  Another's is a ValueError.
    """

    def __init__(self, kind: str) -> None:
        """kind: what stands in it, for messages: "layer"."""
        self.kind = kind
        self._items: dict[str, _Item] = {}

    def add(self, name: str, item: _Value) -> _Value:
        known = self._items.get(name)
        if known is not None and _origin(known) != _origin(item):
            raise ValueError(f"two {self.kind}s named {name}: {known} and {item}")
        self._items[name] = item  # type: ignore[assignment]
        return item

    def nearest(self, name: str) -> str:
        """'did you mean ...?' or ''."""
        return did_you_mean(name, self._items)

    def __getitem__(self, name: str) -> _Item:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _origin(item: Callable[..., Any]) -> tuple[str, str]:
    return item.__module__, item.__qualname__


LAYERS: Registry[type[Layer]] = Registry("layer")
_Class = TypeVar("_Class", bound="type[Layer]")


def register(cls: _Class) -> _Class:
    """Class decorator: make a layer known under its `type`."""
    return LAYERS.add(cls.type, cls)


def layer_types() -> list[str]:
    """All registered types, in alphabetical order."""
    return sorted(LAYERS)


def layer_class(type_name: str) -> type[Layer]:
    """The class registered for a type; NetError with the nearest known type if none is."""
    try:
        return LAYERS[type_name]
    except KeyError:
        hint = LAYERS.nearest(type_name) or "'protonet layers' lists the known types"
        what = f"unknown type '{type_name}'" if type_name else "the type is missing"
        raise NetError(what, hint) from None


def create_layer(param: pb.LayerParameter, context: Context) -> Layer:
    """A layer for a LayerParameter; PrototxtError if a number in it is out of range."""
    layer = layer_class(param.type)(param, context)
    layer.check_ranges()
    return layer
