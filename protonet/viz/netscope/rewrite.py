"""A net's text made one that Netscope reads, all else in it left as it is."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ... import edit
from ...core.context import TEST, TRAIN
from ...edit.layout import detached, line_end, wrapped
from ...edit.tree import Block, scan
from ...edit.upgrade import inputs_to_layer
from ...errors import ProtonetError
from ...log import quiet
from ...net.net import Net
from ...net.passes import is_in, with_state
from ...net.types import read_definition
from ...proto import caffe_pb2 as pb
from ...proto.source_map import Definition
from ...proto.text import Text, format
from . import layers, names
from .spelling import plain_blanks, respell

_NET: Any = pb.NetParameter.DESCRIPTOR


@dataclass
class Rewritten:
    """A text for Netscope; what was changed, a line each; what Netscope will not show right
    for all that.  same: whether it is the same net to Caffe, or one to be looked at only."""

    text: str
    changes: list[str]
    left: list[str]
    same: bool


def rewrite(
    source: str | os.PathLike,
    *,
    phase: int | None = None,
    level: int = 0,
    stages: Sequence[str] = (),
    shapes: Mapping[str, Sequence[int]] | None = None,
    keep_types: bool = False,
    **options: Any,
) -> Rewritten:
    """The same net in the syntax that Netscope has a grammar for.

    Comments and layout stay, but of a net in the syntax of 2014 only the comments above its
    layers.  phase: the layers of one phase only, without rules; None: both, told apart by
    `include { phase: X }`, the one rule that Netscope knows.  shapes: of tops by name, where the
    net does not tell them.  keep_types: leave layers as they are whose types Netscope does not
    know; else they become ones to be looked at, see `types.stand_in`.  options: fork and
    rcnn_config of `Net`.

    PrototxtError and NetError as from `read_definition`.
    """
    doc = edit.open(source, pb.NetParameter, partial=True)
    before = doc.text
    with quiet:  # whoever wants to know what is wrong asks protonet check
        doc, changes = _current(doc)
        doc, spelled = _respelled(doc)
        changes += [f"{what}: {count}" for what, count in spelled.items()]
        definition = read_definition(Text(doc.text, doc.file), partial=True)
        phases = [each for each in (TRAIN, TEST) if phase in (None, each)]
        stated = {each: with_state(definition, each, level, stages) for each in phases}
        states = {each: _state(found) for each, found in stated.items()}
        shaped = _shaped(stated, states, shapes, options)
    changes += names.mend(doc, [*states.values()])
    plan = layers.Plan(doc, phases, keep_types)
    for i, layer in reversed([*enumerate(doc.message.layer)]):
        where = [each for each in phases if i in states[each]]
        plan.rewrite(i, layer, where, shaped.get(i))
    changes += plan.changes
    if not plan.same:
        name = os.path.basename(doc.file) if doc.file else "a net"
        what = f"{name}, to be looked at in Netscope only (written by protonet netscope)."
        doc.head(wrapped(what, *(f"- {line}" for line in plan.changes)))
    done = [] if doc.text == before else changes or ["layout"]
    return Rewritten(doc.text, done, plan.left, plan.same)


def _current(doc: edit.Document) -> tuple[edit.Document, list[str]]:
    """The document with layers of today, those that Netscope reads."""
    if "layers" not in doc and "input" not in doc:
        return doc, []
    definition = read_definition(Text(doc.text, doc.file), partial=True)
    if "layers" not in doc:
        inputs_to_layer(doc, definition.message.layer[0])
        return doc, ["inputs of the net became Input layers"]
    new = edit.Document(format(definition.message), pb.NetParameter, doc.file)
    _carry_comments(scan(doc.text, _NET), new)
    return new, ["layers in the syntax of 2014 became ones of today"]


def _carry_comments(old: Block, new: edit.Document) -> None:
    """What stood above a layer goes above the one of its name; the head of the file stays."""
    index = {layer.name: i for i, layer in enumerate(new.message.layer)}
    for part, item in old.entries("layers"):
        assert isinstance(item.body, Block)
        found = [str(each.body).strip("\"'") for _, each in item.body.entries("name")]
        lines = re.findall(r"#[ \t]?([^\r\n]*)", part.before[len(detached(part.before)) :])
        if lines and found and found[0] in index:
            new.comment(f"layer[{index[found[0]]}]", "\n".join(lines))
    first = old.fields[0].before if old.fields and old.fields[0].name != "layers" else ""
    if lines := re.findall(r"#[ \t]?([^\r\n]*)", first):
        new.head("\n".join(lines))


def _respelled(doc: edit.Document) -> tuple[edit.Document, Counter[str]]:
    end = line_end(doc.text)
    root = scan(doc.text, _NET)
    changes = _name_first(root, end)
    changes += respell(root, end)
    text, more = plain_blanks(root.text)
    return edit.Document(text, pb.NetParameter, doc.file), changes + more


def _name_first(root: Block, end: str) -> Counter[str]:
    """Netscope looks for the net's name in the first fields of the file only."""
    at = next((i for i, part in enumerate(root.fields) if part.name == "name"), 0)
    if not at:
        return Counter()
    first, part = root.fields[0], root.fields.pop(at)
    part.before, first.before = first.before, end + part.before.lstrip()
    root.fields.insert(0, part)
    return Counter({"the net's name put first": 1})


def _state(stated: Definition) -> set[int]:
    """The numbers of the layers that are there in a state."""
    state = stated.message.state
    return {i for i, layer in enumerate(stated.message.layer) if is_in(layer, state)}


def _shaped(
    stated: Mapping[int, Definition],
    states: Mapping[int, set[int]],
    shapes: Mapping[str, Sequence[int]] | None,
    options: Mapping[str, Any],
) -> dict[int, layers.Wired]:
    """The shapes of layers, by their numbers, from the first phase that tells them.

    A net that trains only cannot be built for TEST; the error of one that can be built for no
    phase at all.
    """
    found: dict[int, layers.Wired] = {}
    errors: list[ProtonetError] = []
    looking: dict[str, Any] = {"open_data": False, "partial": True, **options}
    for phase, definition in stated.items():
        try:
            net = Net(definition, phase=None, **looking, shapes=shapes)
        except ProtonetError as error:
            errors.append(error)
            continue
        steps = [step for step in net.steps if not step.inserted]
        for i, step in zip(sorted(states[phase]), steps):
            found.setdefault(i, layers.wired(net, step))
    if len(errors) == len(stated):
        raise errors[0]
    return found
