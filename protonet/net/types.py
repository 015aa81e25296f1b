"""Layer types that nobody has registered: all of a net at once, before anything is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import layers as _layers  # noqa: F401  (registers all types)
from ..core.registry import is_users, layer_types
from ..errors import NetError, ProtonetError, PrototxtError, together
from ..proto import caffe_pb2 as pb
from ..proto.forks import type_hint
from ..proto.source_map import Definition
from ..proto.text import read_net
from ..proto.upgrade import upgrade_net


def check_types(definition: Definition) -> None:
    """NetError about the first layer whose type is not known; `others` are about the rest."""
    if errors := _unknown_types(definition):
        raise together(errors)


def read_definition(source: Any) -> Definition:
    """`read_net`, with the types that are not known told beside the fields.

    A parameter block that is unknown because its layer is gets no error of its own.
    """
    try:
        return read_net(source)
    except PrototxtError as error:
        known = _for_users(error)
        if known is None:
            raise _with_types(error) from error.__cause__
        return known


def _for_users(error: PrototxtError) -> Definition | None:
    """The definition, if all that nobody knows in it stands in layers of the user's own types:
    they get it by `Layer.unknown`."""
    if error.partial is None or not isinstance(error.partial[0], pb.NetParameter):
        return None
    message, place = error.partial
    fields = {
        (layer.name, layer.type, field)
        for layer, where in zip(message.layer, place.parts.get("layer", []))
        if is_users(layer.type)
        for field in where.unknown
    }
    if any((fault.layer, fault.layer_type, fault.field) not in fields for fault in error.all):
        return None
    root = Path(place.file).parent if place.file else Path()
    return upgrade_net(message, place, root).definition


def _with_types(error: PrototxtError) -> ProtonetError:
    if error.partial is None or not isinstance(error.partial[0], pb.NetParameter):
        return error
    try:
        types = [e for e in _unknown_types(upgrade_net(*error.partial).definition) if e.layer_type]
    except PrototxtError:
        return error
    layers = {(fault.layer, fault.layer_type) for fault in types}
    fields = [
        fault
        for fault in error.all
        if (fault.layer, fault.layer_type) not in layers
        or not (fault.field or "").endswith("_param")
    ]
    if not types:
        return error
    error.others = []
    return together(sorted([*fields, *types], key=lambda e: (e.line or 0, e.column or 0)))


def _unknown_types(definition: Definition) -> list[ProtonetError]:
    known = layer_types()
    errors: list[ProtonetError] = []
    told: set[str] = set()
    for layer, place in zip(definition.message.layer, definition.places):
        if layer.type in known:
            continue
        what = f"unknown type '{layer.type}'" if layer.type else "the type is missing"
        hint = "" if layer.type in told else type_hint(layer.type, known)
        told.add(layer.type)
        error = NetError(what, hint, layer=layer.name, layer_type=layer.type or None)
        errors.append(error.at(file=place.file, line=place.line))
    return errors
