"""Rewriting a net before anything is built: Definition -> Definition.

The executor only meets what is left: the layers of one state, each blob read once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import NetError, did_you_mean
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition, Place
from ..proto.upgrade import copy_field


def with_state(
    source: Definition, phase: int | None, level: int, stages: Sequence[str]
) -> Definition:
    """The definition with a state asked for: phase, level (of a phase given, else its own) and
    stages beside its own."""
    if phase is None and not level and not stages:
        return source
    message = pb.NetParameter()
    message.CopyFrom(source.message)
    if phase is not None:
        message.state.phase = phase
    if phase is not None or level:
        message.state.level = level
    message.state.stage.extend(stages)
    return replace(source, message=message)


def prepare(definition: Definition) -> Definition:
    """All passes in their order."""
    return insert_splits(filter_by_state(definition), definition)


def filter_by_state(definition: Definition) -> Definition:
    """Keep the layers whose include/exclude rules fit the net's state.

    A layer stays if it has no rule, or any include rule holds, or no exclude rule does.
    NetError if it gives both kinds.
    """
    state = definition.message.state
    kept = []
    for layer, place in zip(definition.message.layer, definition.places):
        if layer.include and layer.exclude:
            raise _error(
                layer,
                place,
                "exclude",
                "include and exclude rules together",
                "give one kind of rule only",
            )
        if is_in(layer, state):
            kept.append((layer, place))
    if len(kept) == len(definition.places):
        return definition
    message = _without_layers(definition.message)
    message.layer.extend(layer for layer, _ in kept)
    return replace(definition, message=message, places=[place for _, place in kept])


def is_in(layer: pb.LayerParameter, state: pb.NetState) -> bool:
    """Do a layer's rules, of one kind, keep it in a NetState?"""
    if layer.include:
        return any(rule_holds(rule, state) for rule in layer.include)
    return not any(rule_holds(rule, state) for rule in layer.exclude)


def rule_holds(rule: pb.NetStateRule, state: pb.NetState) -> bool:
    """Does a NetStateRule hold in a NetState?  An empty rule always does."""
    stages = set(state.stage)
    return (
        (not rule.HasField("phase") or rule.phase == state.phase)
        and (not rule.HasField("min_level") or state.level >= rule.min_level)
        and (not rule.HasField("max_level") or state.level <= rule.max_level)
        and stages.issuperset(rule.stage)
        and stages.isdisjoint(rule.not_stage)
    )


def insert_splits(
    definition: Definition,
    unfiltered: Definition | None = None,
    unmade: list[NetError] | None = None,
) -> Definition:
    """Give every blob that is read more than once a Split layer right after its producer.

    The names are Caffe's: blob `x` of layer `l`, its top number 0, becomes the layer
    `x_l_0_split` with tops `x_l_0_split_0`, `x_l_0_split_1`, ... in order of the readers.
    A loss weight counts as a reader (the first), and moves to the Split.
    NetError if a bottom has no producer further up; with the `unfiltered` net it can tell when
    the rules have left the producer out.  Where a list `unmade` is given, all such errors are put
    there, and these bottoms stay as they are.
    """
    layers = definition.message.layer
    producer: dict[str, tuple[int, int]] = {}  # blob -> (layer, top) that made it last
    source: dict[tuple[int, int], tuple[int, int]] = {}  # (layer, bottom) -> (layer, top)
    readers: Counter[tuple[int, int]] = Counter()
    weight: dict[tuple[int, int], float] = {}
    for i, layer in enumerate(layers):
        for j, blob in enumerate(layer.bottom):
            if blob not in producer:
                error = _unknown_bottom(definition, i, j, producer, unfiltered or definition)
                if unmade is None:
                    raise error
                unmade.append(error)
                continue
            source[i, j] = producer[blob]
            readers[source[i, j]] += 1
        for j, blob in enumerate(layer.top):
            producer[blob] = (i, j)
        for blob, value in zip(layer.top, layer.loss_weight):
            if value:
                weight[producer[blob]] = value
                readers[producer[blob]] += 1

    if max(readers.values(), default=0) <= 1:
        return definition
    message, places = _without_layers(definition.message), []
    next_reader: dict[tuple[int, int], int] = defaultdict(int)
    for i, (original, place) in enumerate(zip(layers, definition.places)):
        layer = message.layer.add()
        layer.CopyFrom(original)
        places.append(place)
        for j in range(len(layer.bottom)):
            top = source.get((i, j))
            if top is not None and readers[top] > 1:
                name = _split_name(layers[top[0]].name, layer.bottom[j], top[1])
                layer.bottom[j] = f"{name}_{next_reader[top]}"
                next_reader[top] += 1
        for j, blob in enumerate(original.top):
            count = readers[i, j]
            if count <= 1:
                continue
            name = _split_name(original.name, blob, j)
            split = message.layer.add(name=name, type="Split", bottom=[blob])
            split.top.extend(f"{name}_{k}" for k in range(count))
            if (i, j) in weight:
                split.loss_weight.extend([weight[i, j]] + [0.0] * (count - 1))
                del layer.loss_weight[:]
                next_reader[i, j] = 1
            places.append(place)
    return replace(definition, message=message, places=places)


def _split_name(layer: str, blob: str, top_index: int) -> str:
    return f"{blob}_{layer}_{top_index}_split"


def _without_layers(net: pb.NetParameter) -> pb.NetParameter:
    """A copy of all but the layers, which are what is big."""
    copy = pb.NetParameter()
    for field, value in net.ListFields():
        if field.name != "layer":
            copy_field(copy, field.name, value)
    return copy


def _unknown_bottom(
    definition: Definition, i: int, j: int, known: Iterable[str], unfiltered: Definition
) -> NetError:
    layer = definition.message.layer[i]
    blob = layer.bottom[j]
    if blob in definition.unshaped:
        return NetError(
            f"input '{blob}' has no shape",
            "add input_shape { dim: ... } or four input_dim",
            file=definition.file,
            line=definition.unshaped[blob],
        )
    later = [other.name for other in definition.message.layer[i:] if blob in other.top]
    left_out = [other.name for other in unfiltered.message.layer if blob in other.top]
    if later:
        hint = f"layer '{later[0]}' makes it further down: a layer must come after its bottoms"
    elif left_out:
        hint = f"layer '{left_out[0]}' makes it, but its rules do not hold {_state(definition)}"
        maker = next(other for other in unfiltered.message.layer if blob in other.top)
        hint += _advice(maker, definition.message.state)
    else:
        hint = did_you_mean(blob, known) or "no layer above makes a top of this name"
    return _error(layer, definition.places[i], f"bottom[{j}]", f"unknown bottom '{blob}'", hint)


def has_its_bottoms(definition: Definition, phase: int, level: int, stages: Sequence[str]) -> bool:
    """Does a layer above make every bottom, in that state?"""
    changed = replace(definition, message=pb.NetParameter())
    changed.message.CopyFrom(definition.message)
    changed.message.state.MergeFrom(pb.NetState(phase=phase, level=level, stage=stages))
    made: set[str] = set()
    for layer in filter_by_state(changed).message.layer:
        if not made.issuperset(layer.bottom):
            return False
        made.update(layer.top)
    return True


def _advice(layer: pb.LayerParameter, state: pb.NetState) -> str:
    """Which state the rules of a layer want, and how it is asked for."""
    for rule in layer.include or layer.exclude:
        wanted = pb.NetState()
        wanted.CopyFrom(state)
        if layer.exclude:
            wanted.phase = pb.TRAIN if state.phase == pb.TEST else pb.TEST
        else:
            wanted.phase = rule.phase if rule.HasField("phase") else state.phase
            wanted.stage.extend(stage for stage in rule.stage if stage not in state.stage)
            if rule.HasField("min_level"):
                wanted.level = max(state.level, rule.min_level)
        if not layer.exclude and rule_holds(rule, wanted):
            return _how_to_ask(state, wanted)
        if layer.exclude and not any(rule_holds(rule, wanted) for rule in layer.exclude):
            return _how_to_ask(state, wanted)
    return ""


def _how_to_ask(state: pb.NetState, wanted: pb.NetState) -> str:
    phase, stages = pb.Phase.Name(wanted.phase), [*wanted.stage]
    changes = [
        (f"phase {phase}", f"--phase {phase} (summary, time)", f"phase=protonet.{phase}")
        if wanted.phase != state.phase
        else None,
        (f"stage {', '.join(stages)}", f"--stage {','.join(stages)}", f"stages={stages}")
        if stages != [*state.stage]
        else None,
        (f"level {wanted.level}", f"--level {wanted.level}", f"level={wanted.level}")
        if wanted.level != state.level
        else None,
    ]
    said, options, words = zip(*filter(None, changes))
    asked = f"use {' '.join(options)}, or Net(..., {', '.join(words)})"
    return f": they want {' and '.join(said)}: {asked}"


def _state(definition: Definition) -> str:
    state = definition.message.state
    stages = f"the stages {', '.join(state.stage)}" if state.stage else "no stage"
    return f"in phase {pb.Phase.Name(state.phase)} at level {state.level} with {stages}"


def _error(layer: pb.LayerParameter, place: Place, field: str, what: str, hint: str) -> NetError:
    return NetError(
        what,
        hint,
        layer=layer.name,
        layer_type=layer.type,
        file=place.file,
        line=place.line_of(field),
        field=field,
    )
