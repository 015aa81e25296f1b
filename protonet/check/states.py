"""The states of a net that its include and exclude rules tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from ..core.context import TEST, TRAIN
from ..net.passes import filter_by_state, has_its_bottoms, rule_holds, with_state
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition

_MOST_STAGES = 4  # whose combinations are all looked at


def phases_and_stages(definition: Definition) -> Iterator[Definition]:
    """The definition in each phase: as it is, with each stage that is named, at each level that
    makes a difference, and with what each rule wants."""
    rules = _rules(definition)
    stages = dict.fromkeys(s for rule in rules for s in [*rule.stage, *rule.not_stage])
    wanted: dict[tuple[int, tuple[str, ...]], None] = {(0, ()): None}
    wanted.update({(0, (stage,)): None for stage in stages})
    wanted.update({(level, ()): None for level in _levels(rules)})
    wanted.update({(_level_of(rule), tuple(rule.stage)): None for rule in rules})
    for (level, names), phase in product(wanted, (TRAIN, TEST)):
        yield with_state(definition, phase, level, names)


def meant(definition: Definition) -> list[Definition]:
    """The definition in those states that it is likely meant for, at least one.

    A phase in which a layer without bottoms is there; a stage or level of its own only where every
    bottom is made too.  A file called so is for TEST only: deploy.prototxt, resnet_val.prototxt.
    """
    states = list(phases_and_stages(definition))
    if _is_for_test(definition.file):
        states = [each for each in states if each.message.state.phase == TEST]
    if not _rules(definition):
        return states
    plain = [each for each in states if _is_plain(each, definition) and _has_source(each)]
    others = [each for each in states if not _is_plain(each, definition) and _whole(each)]
    return plain + others or states[-1:]


def _is_for_test(file: str | None) -> bool:
    """Do the words of its name say so, and none that it is for training as well?"""
    words = set(re.findall("[a-z]+", Path(file or "").stem.lower()))
    return bool(words & {"deploy", "test", "val"}) and not words & {"train", "trainval", "solver"}


def label(state: pb.NetState) -> str:
    """'TEST', 'TRAIN deploy', 'TEST level 2'."""
    level = [f"level {state.level}"] if state.level else []
    return " ".join([pb.Phase.Name(state.phase), *level, *state.stage])


def never(layer: pb.LayerParameter) -> bool:
    """Do the rules of a layer leave it out in every state?"""
    rules = [*layer.include, *layer.exclude]
    stages = list(dict.fromkeys(s for rule in rules for s in [*rule.stage, *rule.not_stage]))
    if not rules or len(stages) > _MOST_STAGES:
        return False
    choices = product(_levels(rules), (TRAIN, TEST), product((False, True), repeat=len(stages)))
    return not any(
        _stays(layer, pb.NetState(phase=phase, level=level, stage=_chosen(stages, flags)))
        for level, phase, flags in choices
    )


def _chosen(stages: list[str], flags: tuple[bool, ...]) -> list[str]:
    return [stage for stage, flag in zip(stages, flags) if flag]


def _stays(layer: pb.LayerParameter, state: pb.NetState) -> bool:
    if layer.include:
        return any(rule_holds(rule, state) for rule in layer.include)
    return not any(rule_holds(rule, state) for rule in layer.exclude)


def _rules(definition: Definition) -> list[pb.NetStateRule]:
    return [r for layer in definition.message.layer for r in [*layer.include, *layer.exclude]]


def _levels(rules: list[pb.NetStateRule]) -> list[int]:
    """0, and one of each range of levels that the rules tell apart."""
    bounds = {rule.min_level for rule in rules if rule.HasField("min_level")}
    bounds |= {rule.max_level + 1 for rule in rules if rule.HasField("max_level")}
    below = {min(bounds) - 1} if bounds else set[int]()
    return sorted({0} | bounds | below, key=lambda level: (level != 0, level))


def _level_of(rule: pb.NetStateRule) -> int:
    """A level that the rule holds at, 0 if it does there."""
    if rule.HasField("max_level") and rule.max_level < 0:
        return rule.max_level
    return max(0, rule.min_level) if rule.HasField("min_level") else 0


def _is_plain(definition: Definition, source: Definition) -> bool:
    state, own = definition.message.state, source.message.state
    return state.level == 0 and [*state.stage] == [*own.stage]


def _has_source(definition: Definition) -> bool:
    return any(not layer.bottom for layer in filter_by_state(definition).message.layer)


def _whole(definition: Definition) -> bool:
    state = definition.message.state
    return has_its_bottoms(definition, state.phase, state.level, [])


def matrix(definition: Definition) -> tuple[list[list[str]], list[tuple[str, list[bool]]]]:
    """Groups of states that contain the same layers, by their labels, and for each layer in which
    of the groups it is."""
    layers = definition.message.layer
    groups: dict[tuple[bool, ...], list[str]] = {}
    for each in phases_and_stages(definition):
        state = each.message.state
        present = tuple(_stays(layer, state) for layer in layers)
        groups.setdefault(present, []).append(label(state))
    columns = list(groups)
    rows = [
        (f"{layer.name} ({layer.type})", [column[i] for column in columns])
        for i, layer in enumerate(layers)
    ]
    return list(groups.values()), rows
