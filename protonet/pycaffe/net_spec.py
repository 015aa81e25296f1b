"""Write nets in Python: `layers` (L) makes layers, `params` (P) names constants, `NetSpec`
collects them under names.

    n = NetSpec()
    n.data = L.Input(shape=dict(dim=[64, 1, 28, 28]))
    n.conv = L.Convolution(n.data, num_output=20, kernel_size=5)
    n.pool = L.Pooling(n.conv, pool=P.Pooling.MAX, kernel_size=2, stride=2)
    n.relu = L.ReLU(n.pool, in_place=True)
    str(n.to_proto())

Any attribute of L is a layer type.  A keyword is a field of the type's own message
(kernel_size -> convolution_param.kernel_size) if it has one, else of the layer (name,
include, loss_weight, param).  dicts are messages, lists are repeated fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from google.protobuf.message import Message

from ..core.registry import layer_class
from ..errors import NetError, did_you_mean
from ..proto import caffe_pb2 as pb
from ..proto.forks import hint_for

#: Types whose parameters stand in the message of another type.  pycaffe does not look there.
_BORROWED = {
    "Deconvolution": ("convolution",),
    "Im2col": ("convolution",),
    "SoftmaxWithLoss": ("softmax", "loss"),
    "SigmoidCrossEntropyLoss": ("loss",),
    "LSTM": ("recurrent",),
    "Lstm": ("lstm",),
    "RNN": ("recurrent",),
}


def param_name_dict() -> dict[str, str]:
    """From the name of a parameter message without `Parameter` to its field without
    `_param`: {"Convolution": "convolution", "InnerProduct": "inner_product", ...}."""
    names: dict[str, str] = {}
    for field in pb.LayerParameter.DESCRIPTOR.fields:
        if field.message_type and field.name.endswith("_param"):
            message = field.message_type.name.removesuffix("Parameter")
            names.setdefault(message, field.name.removesuffix("_param"))
    return names


def to_proto(*tops: Any) -> pb.NetParameter:
    """The NetParameter of all layers that these tops need, with made-up names."""
    return _net(tops, {})


def assign_proto(proto: Message, name: str, value: Any) -> None:
    """Set a field of a message: dicts become messages, lists repeated fields; a single value
    for a repeated field becomes its only element.  Enums may be given by name.

    AttributeError if there is no such field.
    """
    field = proto.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise _no_field(name, proto.DESCRIPTOR)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    target = getattr(proto, name)
    if hasattr(target, "extend"):
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, dict):
                _assign_all(target.add(), item)
            else:
                target.extend([_plain(field, item)])
    elif isinstance(value, dict):
        target.SetInParent()
        _assign_all(target, value)
    elif field.message_type is not None:
        target.CopyFrom(value)
    else:
        setattr(proto, name, _plain(field, value))


def _no_field(name: str, message: Any, more: Iterable[str] = ()) -> AttributeError:
    """That a message (its descriptor) has no such field.  more: names that would do, too."""
    hint = hint_for(message.name, name, [*message.fields_by_name, *more])
    return AttributeError(f"{message.name} has no field '{name}': {hint}")


def _assign_all(message: Message, values: dict[str, Any]) -> None:
    for name, value in values.items():
        assign_proto(message, name, value)


def _plain(field: Any, value: Any) -> Any:
    """A value that protobuf takes: not NumPy's, and of an enum the number."""
    if isinstance(value, np.generic):
        value = value.item()
    if field.enum_type is not None and isinstance(value, str):
        known = field.enum_type.values_by_name
        if value not in known:
            raise ValueError(f"{field.name} has no value '{value}', but {', '.join(known)}")
        return known[value].number
    return value


class Top:
    """One output of a layer: what other layers are given as input."""

    def __init__(self, fn: Function, n: int) -> None:
        self.fn, self.n = fn, n

    def to_proto(self) -> pb.NetParameter:
        """The NetParameter of all layers that this top needs."""
        return to_proto(self)

    def _to_proto(self, layers: Layers_, names: Names, autonames: Counter[str]) -> None:
        self.fn._to_proto(layers, names, autonames)

    def __repr__(self) -> str:
        return f"<Top {self.n} of {self.fn!r}>"


class Function:
    """A layer: its type, the tops it reads, its parameters, and `tops`."""

    def __init__(self, type_name: str, inputs: Iterable[Any], params: dict[str, Any]) -> None:
        self.type_name, self.inputs, self.params = type_name, tuple(inputs), params
        for index, top in enumerate(self.inputs):
            if not isinstance(top, Top):
                # pycaffe's words, for which scripts look
                raise TypeError(f"{type_name} input {index} is not a Top (type is {type(top)})")
        self.ntop = params.pop("ntop", 1)
        self.in_place = params.pop("in_place", False)
        self.tops = tuple(Top(self, n) for n in range(self.ntop))

    def to_proto(self) -> pb.NetParameter:
        """The NetParameter of this layer and all that it needs."""
        return to_proto(self)

    def _to_proto(self, layers: Layers_, names: Names, autonames: Counter[str]) -> None:
        if self in layers:
            return
        layer = pb.LayerParameter(type=self.type_name)
        for top in self.inputs:
            top._to_proto(layers, names, autonames)
            layer.bottom.append(layers[top.fn].top[top.n])
        if self.in_place:
            layer.top.extend(layer.bottom)
        else:
            layer.top.extend(_name(top, self.type_name, names, autonames) for top in self.tops)
        layer.name = self._name(names, autonames)
        for key, value in self.params.items():
            self._assign(layer, key, value)
        layers[self] = layer

    def _assign(self, layer: Any, key: str, value: Any) -> None:
        """Set a keyword; an error says in which layer."""
        try:
            assign_proto(self._owner(layer, key), key, value)
        except (AttributeError, TypeError, ValueError) as error:
            kind = next(k for k in (AttributeError, TypeError, ValueError) if isinstance(error, k))
            where = f"layer '{layer.name}' ({self.type_name})"
            what = str(error) if isinstance(error, AttributeError) else f"{key}: {error}"
            raise kind(f"{where}: {what}") from error

    def _name(self, names: Names, autonames: Counter[str]) -> str:
        """The layer has the name of its first top."""
        if self not in names and self.ntop > 0:
            names[self] = _name(self.tops[0], self.type_name, names, autonames)
        return _name(self, self.type_name, names, autonames)

    def _owner(self, layer: pb.LayerParameter, key: str) -> Message:
        """The message that a keyword belongs to; AttributeError if there is none."""
        own: list[Message] = []
        if not key.endswith("param"):  # those are messages of the layer by themselves
            names = (*_BORROWED.get(self.type_name, ()), _param_names.get(self.type_name))
            own = [getattr(layer, f"{name}_param") for name in names if name is not None]
        for message in (*own, layer):
            if key in message.DESCRIPTOR.fields_by_name:
                return message
        if own:
            raise _no_field(key, own[0].DESCRIPTOR, layer.DESCRIPTOR.fields_by_name)
        if not key.endswith("param"):
            _check_type(self.type_name)
        raise _no_field(key, layer.DESCRIPTOR)

    def __repr__(self) -> str:
        return f"<{self.type_name} of {len(self.inputs)} bottoms, {self.ntop} tops>"


def _check_type(name: str) -> None:
    """AttributeError if there is no such type of layer."""
    try:
        layer_class(name)
    except NetError as error:
        raise AttributeError(str(error)) from None


#: From a layer to its message, in order of the net; from a layer or top to its name.
Layers_ = dict[Function, pb.LayerParameter]
Names = dict[Any, str]


def _name(item: Top | Function, type_name: str, names: Names, autonames: Counter[str]) -> str:
    """The name given to it, or the next free one: Convolution1, Convolution2, ..."""
    if item not in names:
        autonames[type_name] += 1
        names[item] = f"{type_name}{autonames[type_name]}"
    return names[item]


def _net(items: Iterable[Any], names: Names) -> pb.NetParameter:
    layers: Layers_ = {}
    autonames: Counter[str] = Counter()
    for item in items:
        item._to_proto(layers, names, autonames)
    return pb.NetParameter(layer=layers.values())


class NetSpec:
    """Tops under the names that blobs and layers will have: set as attributes or items."""

    tops: dict[str, Top | Function]

    def __init__(self) -> None:
        super().__setattr__("tops", {})

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self.tops:
            hint = did_you_mean(name, self.tops)
            raise AttributeError(f"no layer was named '{name}'" + (f": {hint}" if hint else ""))
        return self.tops[name]

    def __setitem__(self, name: str, value: Any) -> None:
        """TypeError unless it is one top, or a layer without any."""
        if isinstance(value, tuple) and value and isinstance(value[0], Top):
            raise TypeError(
                f"'{name}' is given the {len(value)} tops of {value[0].fn!r}: each needs a name "
                f"of its own, as in n.{name}1, n.{name}2 = L.{value[0].fn.type_name}(..., ntop=2)"
            )
        if not isinstance(value, (Top, Function)):
            raise TypeError(f"'{name}' is given {value!r}, not the top of a layer")
        self.tops[name] = value

    def __getitem__(self, name: str) -> Any:
        return self.tops[name]

    def __delattr__(self, name: str) -> None:
        del self.tops[name]

    def __contains__(self, name: object) -> bool:
        return name in self.tops

    def to_proto(self) -> pb.NetParameter:
        """The NetParameter of all layers that the named tops need."""
        return _net(self.tops.values(), {top: name for name, top in self.tops.items()})


class Layers:
    """L: `L.Convolution(bottom, num_output=20)` makes a layer and returns its top; a tuple of
    them with ntop=2 and more, the Function itself with ntop=0."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def make(*inputs: Any, **params: Any) -> Any:
            fn = Function(name, inputs, params)
            return {0: fn, 1: fn.tops[0] if fn.tops else None}.get(fn.ntop, fn.tops)

        make.__name__ = make.__qualname__ = name
        return make


class Parameters:
    """P: `P.Pooling.MAX` is the number of MAX in PoolingParameter."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(pb, f"{name}Parameter")


_param_names = param_name_dict()
layers = Layers()
params = Parameters()
