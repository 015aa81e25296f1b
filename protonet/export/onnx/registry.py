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


#: Type -> the fields and values of forks, in Caffe's own messages, that its converter follows.
FIELDS: dict[str, frozenset[str]] = {}


def converter(*types: str, fields: Sequence[str] = ()) -> Callable[[_Function], _Function]:
    """Function decorator: serves these types.  Of a type that means other layers in other
    forks, "Normalize of ssd", as in the registry of layers.

        @protonet.export.converter("Double")  # a layer of one's own
        def double(op):
            return op.node("Mul", op.bottom[0], 2.0)

    The function gets an `Op`, adds nodes of standard operators, and returns the tensors that are
    the tops, in their order.
    fields: which of those that the layer `serves` the converter follows.  What it does not know
    and a net gives is refused, so that a field the layer learns later is not passed over.
    """

    def add(function: _Function) -> _Function:
        for name in types:
            CONVERTERS.add(name, function)
            FIELDS[name] = frozenset(fields)
        return function

    return add


def unknown_field(layer: Layer) -> tuple[str, str]:
    """A field of forks that a layer gives and its converter does not know, and its path in the
    layer; ("", "") if there is none."""
    known = FIELDS.get(key_of(layer), frozenset())
    for served in sorted(type(layer).serves - known):
        message, *middle, name = served.split(".")
        for descriptor, value in layer.param.ListFields():
            if descriptor.message_type is None or descriptor.message_type.name != message:
                continue
            for field, given in value.ListFields():
                number = field.enum_type.values_by_name.get(name) if field.enum_type else None
                is_value = bool(middle) and number is not None and number.number == given
                if is_value or (not middle and field.name == name):
                    return name, f"{descriptor.name}.{field.name}"
    return "", ""


def key_of(layer: Layer) -> str:
    """What the converter of a layer is registered as."""
    return f"{layer.type} of {layer.forks[0]}" if layer.variant else layer.type
