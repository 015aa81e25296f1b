"""Layer types and fields that nobody serves: all of a net at once, before anything is built.

A net that runs is refused for them.  One that is only looked at is warned of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import layers as _layers  # noqa: F401  (announces all types)
from ..core.context import Context
from ..core.plugins import load_installed
from ..core.registry import chosen_class, is_users, layer_types
from ..errors import NetError, ProtonetError, PrototxtError, together
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.fork_fields import unserved
from ..proto.forks import type_hint
from ..proto.source_map import Definition, Place
from ..proto.text import read_net
from ..proto.upgrade import upgrade_net
from .step import locate

#: Fields of the net that layers read.
OF_LAYERS = frozenset({"NetParameter.bn_stats_batch_size"})


def check_known(definition: Definition, context: Context) -> bool:
    """ProtonetError about the first type or field that nobody serves; `others` are about the
    rest.  In a net to look at (`context.partial`) they are warnings, and it is told whether
    there were any, here or when the text was read."""
    errors, idle = unserved_in(definition, context)
    if errors and not context.partial:
        raise together(errors)
    _warn_of(errors)
    if idle:
        names = ", ".join(sorted({name.partition(".")[2] for name in idle}))
        log.info("Of forks of Caffe, and without effect on any number: %s", names)
    return bool(errors) or definition.partial


def read_definition(source: Any, partial: bool = False) -> Definition:
    """`read_net`, with the types and fields that nobody serves told beside the unknown fields.

    A parameter block that is unknown because its layer is gets no error of its own.  Fields
    that stand in layers of the user's own types are theirs: they get them by `Layer.unknown`.
    partial: to look at a net, unknown fields are no errors: there is a warning of each.
    """
    try:
        return read_net(source)
    except PrototxtError as error:
        rest = rest_of(error)
        if rest is None:
            raise
        fields, others = counting(rest, error.all)
        error.others = []
        if fields and not partial:
            order = sorted([*fields, *others], key=lambda e: (e.line or 0, e.column or 0))
            raise together(order) from error.__cause__
        rest.partial = bool(fields)
        _warn_of(fields)
        return rest


def rest_of(error: PrototxtError) -> Definition | None:
    """The net without its unknown fields, if they are all that is wrong with it."""
    if error.partial is None or not isinstance(error.partial[0], pb.NetParameter):
        return None
    message, place = error.partial
    root = Path(place.file).parent if place.file else Path()
    try:
        return upgrade_net(message, place, root).definition
    except PrototxtError:
        return None


def counting(
    definition: Definition, fields: Sequence[ProtonetError]
) -> tuple[list[ProtonetError], list[ProtonetError]]:
    """Of the errors about unknown fields those that count, and what else nobody serves."""
    found, _ = unserved_in(definition, Context(net=definition.message))
    others = [e for e in found if e.layer_type or not isinstance(e, NetError)]
    types = {(e.layer, e.layer_type) for e in others if isinstance(e, NetError)}
    users = {
        (layer.name, layer.type, field)
        for layer, place in zip(definition.message.layer, definition.places)
        if is_users(layer.type)
        for field in place.unknown
    }
    counting = [
        fault
        for fault in fields
        if (fault.layer, fault.layer_type, fault.field) not in users
        and not (
            (fault.layer, fault.layer_type) in types and (fault.field or "").endswith("_param")
        )
    ]
    return counting, others


def unserved_in(definition: Definition, context: Context) -> tuple[list[ProtonetError], list[str]]:
    """An error for each type and field of a fork that nobody serves, in their order, and the
    names of the fields that change no number."""
    whole, idle = unserved(definition.message, OF_LAYERS)
    errors: list[ProtonetError] = [error.at(file=definition.file) for error in whole]
    if not {layer.type for layer in definition.message.layer} <= {*layer_types()}:
        load_installed()
    known, told = set(layer_types()), set[str]()
    for layer, place in zip(definition.message.layer, definition.places):
        if layer.type not in known:
            errors.append(_unknown_type(layer, place, layer.type in told))
            told.add(layer.type)
            continue
        try:
            cls = chosen_class(layer, context)
        except PrototxtError as error:
            locate(error, layer, place)
            errors.append(error)
            continue
        if cls.__module__.startswith("protonet."):  # a user's class may read what it likes
            found, passed = unserved(layer, cls.serves)
            for fault in found:
                locate(fault, layer, place)
            errors += found
            idle += passed
    return errors, idle


def _unknown_type(layer: pb.LayerParameter, place: Place, told: bool) -> NetError:
    what = f"unknown type '{layer.type}'" if layer.type else "the type is missing"
    hint = "" if told else type_hint(layer.type, layer_types())
    error = NetError(what, hint, layer=layer.name, layer_type=layer.type or None)
    return error.at(file=place.file, line=place.line)


def _warn_of(errors: Sequence[ProtonetError]) -> None:
    """A warning for all that say the same, with the place of the first."""
    alike: dict[str, list[ProtonetError]] = {}
    for error in errors:
        alike.setdefault(error.what, []).append(error)
    for first, *others in alike.values():
        more = f" (and {len(others)} more)" if others else ""
        log.warning("%s%s", first, more)
