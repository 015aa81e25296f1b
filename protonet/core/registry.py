"""From a word in a file to what serves it: layers by type, and every other such table."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import NetError, PrototxtError, did_you_mean
from ..proto import caffe_pb2 as pb
from .context import Context

if TYPE_CHECKING:
    from .layer import Layer

_Item = TypeVar("_Item", bound="Callable[..., Any]")
_Value = TypeVar("_Value", bound="Callable[..., Any]")


class Registry(Mapping[str, _Item], Generic[_Item]):
    """Classes or functions by name, in order of their registration.

    A second one of the same name, module and qualified name replaces the first: a notebook
    cell that is run twice.  Another's is a ValueError.  What is announced is loaded when it is
    first asked for.
    """

    def __init__(self, kind: str) -> None:
        """kind: what stands in it, for messages: "layer"."""
        self.kind = kind
        self._items: dict[str, _Item] = {}
        self._announced: dict[str, str] = {}

    def announce(self, where: Mapping[str, str]) -> None:
        """name -> "module:qualified name" of what is known without being loaded."""
        self._announced |= where

    def add(self, name: str, item: _Value) -> _Value:
        ours = self._announced.get(name, "").partition(":")[0] == item.__module__
        known = self._items.get(name) if ours else self.get(name)
        if known is not None and _origin(known) != _origin(item):
            raise ValueError(f"two {self.kind}s named {name}: {known} and {item}")
        self._items[name] = item  # type: ignore[assignment]
        return item

    def nearest(self, name: str) -> str:
        """'did you mean ...?' or ''."""
        return did_you_mean(name, list(self))

    def __getitem__(self, name: str) -> _Item:
        if name not in self._items and name in self._announced:
            module, _, item = self._announced[name].partition(":")
            self._items[name] = getattr(importlib.import_module(module), item)
        return self._items[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items or name in self._announced

    def __iter__(self) -> Iterator[str]:
        return iter({**self._announced, **self._items})

    def __len__(self) -> int:
        return len({**self._announced, **self._items})


def _origin(item: Callable[..., Any]) -> tuple[str, str]:
    return item.__module__, item.__qualname__


LAYERS: Registry[type[Layer]] = Registry("layer")
_Class = TypeVar("_Class", bound="type[Layer]")
#: Between the type of a variant and its fork, in LAYERS.
_OF = " of "


def register(cls: _Class) -> _Class:
    """Class decorator: make a layer known under its `type`, a variant beside the others."""
    name = f"{cls.type}{_OF}{cls.forks[0]}" if cls.variant else cls.type
    return LAYERS.add(name, cls)


#: type -> the rule that chooses among its variants: (param, context) -> a fork, or "" if the
#: net does not tell.
VARIANT_RULES: Registry[Callable[[pb.LayerParameter, Context], str]] = Registry("rule")


def layer_types() -> list[str]:
    """All registered types, in alphabetical order."""
    return sorted({name.partition(_OF)[0] for name in LAYERS})


def variants(type_name: str) -> list[type[Layer]]:
    """Every class that a type may stand for: one for most, none for a type nobody knows."""
    only = LAYERS.get(type_name)
    names = [] if only else [name for name in LAYERS if name.startswith(f"{type_name}{_OF}")]
    return [only] if only else [LAYERS[name] for name in names]


def known_fork(name: str) -> str:
    """The name itself; NetError if no registered type comes from a fork of that name."""
    if not name:
        return name
    forks = {fork for cls in LAYERS.values() for fork in cls.forks}
    if name not in forks:
        hint = did_you_mean(name, forks) or f"known are {', '.join(sorted(forks))}"
        raise NetError(f"no fork of Caffe is called '{name}'", hint)
    return name


def layer_class(type_name: str) -> type[Layer]:
    """The class of a type that has one meaning, the first of several; NetError with the nearest
    known type if there is none."""
    found = variants(type_name)
    if found:
        return found[0]
    hint = did_you_mean(type_name, layer_types()) or "'protonet layers' lists the known types"
    what = f"unknown type '{type_name}'" if type_name else "the type is missing"
    raise NetError(what, hint)


def chosen_class(param: pb.LayerParameter, context: Context) -> type[Layer]:
    """The class for a LayerParameter: of several variants the one of `context.fork`, or the one
    that the rule of the type chooses.  PrototxtError if neither tells."""
    first = layer_class(param.type)
    if not first.variant:
        return first
    found = variants(param.type)
    for fork in (context.fork, VARIANT_RULES[param.type](param, context)):
        for cls in found:
            if fork in cls.forks:
                return cls
    names = ", ".join(cls.forks[0] for cls in found)
    raise PrototxtError(
        f"type {param.type} is another layer in each of the forks {names}",
        "say which: --fork NAME, Net(..., fork=NAME)",
        field="type",
    )


def is_users(type_name: str) -> bool:
    """Is the type registered, and by somebody else than protonet?"""
    cls = LAYERS.get(type_name)
    return cls is not None and not cls.__module__.startswith("protonet.")


def create_layer(param: pb.LayerParameter, context: Context) -> Layer:
    """A layer for a LayerParameter; PrototxtError if a number in it is out of range."""
    layer = chosen_class(param, context)(param, context)
    layer.check_ranges()
    return layer
