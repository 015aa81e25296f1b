"""What becomes of each layer of a net that trains, when it is to be used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ...errors import NetError
from ...layers._loss import LossLayer
from ...proto import caffe_pb2 as pb
from ...proto.source_map import Definition
from ..net import Net
from ..passes import filter_by_state
from ..step import Step

#: Losses that compute a result on the way -> the type that gives this result.
RESULTS = {
    "SoftmaxWithLoss": "Softmax",
    "SoftmaxWithLossOHEM": "Softmax",
    "InfogainLoss": "Softmax",
    "SigmoidCrossEntropyLoss": "Sigmoid",
}
#: Of layers that are no losses, those that only tell how good a result is, or write it away.
_MEASURES = {"Accuracy", "SegAccuracy", "DetectionEvaluate", "HDF5Output"}


@dataclass
class Plan:
    """By position in the definition: the layers that stay, and what takes a layer's place.

    kept: as they are but for bottoms.  inputs: tops and their shapes, of an Input.  results: a
    Softmax or Sigmoid in place of a loss.  bottoms: other bottoms of a layer that is kept.
    """

    kept: dict[int, pb.LayerParameter] = field(default_factory=dict)
    inputs: dict[int, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    results: dict[int, pb.LayerParameter] = field(default_factory=dict)
    bottoms: dict[int, list[str]] = field(default_factory=dict)


def plan(net: Net, definition: Definition, stated: Definition, batch: int | None) -> Plan:
    """The plan for a definition; stated: with the state of `net`, which is built from it.

    batch: first size of what Inputs take; None: 1 in place of data, and of an Input its own.
    NetError if nothing is left.
    """
    steps: dict[int, Step] = {}
    for step in net.steps:
        steps.setdefault(id(step.place), step)  # splits stand behind their layer
    order = {id(place): i for i, place in enumerate(definition.places)}
    rest = filter_by_state(stated)
    layers = {order[id(place)]: layer for layer, place in zip(rest.message.layer, rest.places)}
    of_layer = {order[place]: step for place, step in steps.items()}
    made = Plan(results=_results(layers))
    wanted = _keep(made, layers, of_layer)
    _keep_silent(made, layers)
    for i, layer in layers.items():
        if is_source(layer) and (used := [top for top in layer.top if top in wanted]):
            shapes = {top: net.blobs[top].shape for top in used}
            given = batch if batch or layer.type == "Input" else 1
            made.inputs[i] = {top: (given or s[0], *s[1:]) if s else s for top, s in shapes.items()}
    if not made.kept and not made.results:
        raise NetError("nothing is left without data and losses", file=definition.file)
    _name_results(made, layers)
    return made


def leave_out_dropout(made: Plan) -> None:
    """Take out the layers that do nothing in TEST; who read their tops reads their bottoms."""
    renamed: dict[str, str] = {}
    readers = Counter(name for i in [*made.kept] for name in made.kept[i].bottom)
    readers.update(name for result in made.results.values() for name in result.bottom)
    for i in sorted([*made.kept, *made.results]):
        layer = made.results[i] if i in made.results else made.kept[i]
        bottoms = [renamed.get(name, name) for name in made.bottoms.get(i, layer.bottom)]
        if layer.type == "Dropout" and _is_plain(layer) and readers[layer.top[0]]:
            del made.kept[i]
            made.bottoms.pop(i, None)
            if layer.top[0] != layer.bottom[0]:
                renamed[layer.top[0]] = bottoms[0]
            continue
        for top in layer.top:
            renamed.pop(top, None)
        if bottoms != [*layer.bottom]:
            made.bottoms[i] = bottoms


def _is_plain(layer: pb.LayerParameter) -> bool:
    """Does a Dropout give in TEST what it takes?  Those of forks need not."""
    return all(part.name == "dropout_ratio" for part, _ in layer.dropout_param.ListFields())


def is_source(layer: pb.LayerParameter) -> bool:
    """Does it bring data into the net?  Parameters and constants it has in use as well."""
    if layer.bottom or layer.type == "Parameter":
        return False
    fillers = layer.dummy_data_param.data_filler
    constant = all(filler.type == "constant" for filler in fillers)
    return not (layer.type == "DummyData" and constant)


def _is_measure(layer: pb.LayerParameter, step: Step) -> bool:
    """A loss, or a layer whose top is for people only."""
    losing = layer.type == "Python" and any(layer.loss_weight)
    return isinstance(step.layer, LossLayer) or layer.type in _MEASURES or losing


def _results(layers: dict[int, pb.LayerParameter]) -> dict[int, pb.LayerParameter]:
    """What takes the place of losses, without names yet."""
    found: dict[int, pb.LayerParameter] = {}
    there = {(layer.type, *layer.bottom) for layer in layers.values()}
    for i, layer in layers.items():
        kind = RESULTS.get(layer.type)
        if kind is None or (kind, layer.bottom[0]) in there:
            continue
        there.add((kind, layer.bottom[0]))
        result = found[i] = pb.LayerParameter(type=kind, bottom=layer.bottom[:1])
        if layer.type == "InfogainLoss" and layer.infogain_loss_param.HasField("axis"):
            result.softmax_param.axis = layer.infogain_loss_param.axis
        elif kind == "Softmax" and layer.HasField("softmax_param"):
            result.softmax_param.CopyFrom(layer.softmax_param)
    return found


def _keep(made: Plan, layers: dict[int, pb.LayerParameter], steps: dict[int, Step]) -> set[str]:
    """Fill in what is kept; returns the blobs that are read.

    Kept is what learnt parameters have a part in, what that needs, and what was a result of
    the net.  Left out is what only led from data to losses: labels and their paths.
    """
    learnt: set[str] = set()
    for i, layer in layers.items():
        if steps[i].layer.blobs or not learnt.isdisjoint(layer.bottom):
            learnt.update(layer.top)
    wanted: set[str] = set()
    read: set[str] = set()  # further down, by whatever layer
    for i, layer in reversed(layers.items()):
        if i in made.results:
            wanted.update(made.results[i].bottom)
        elif not (_is_measure(layer, steps[i]) or is_source(layer)):
            tops = {*layer.top}
            ends = bool(layer.bottom) and read.isdisjoint(tops)
            if tops and (ends or tops & wanted or tops & learnt):
                made.kept[i] = layer
                wanted.update(layer.bottom)
        read.update(layer.bottom)
    return wanted


def _keep_silent(made: Plan, layers: dict[int, pb.LayerParameter]) -> None:
    """A Silence stays for those of its bottoms that are still made, if others do not read them."""
    there = {top for layer in made.kept.values() for top in layer.top}
    for i, layer in layers.items():
        bottoms = [name for name in layer.bottom if name in there]
        if layer.type == "Silence" and bottoms:
            made.kept[i] = layer
            if bottoms != [*layer.bottom]:
                made.bottoms[i] = bottoms


def _name_results(made: Plan, layers: dict[int, pb.LayerParameter]) -> None:
    """The last one is `prob`, as Caffe's models have it; the others bear the name of their
    bottom.  A second top of the loss already has the name."""
    taken = {name for layer in made.kept.values() for name in (layer.name, *layer.top)}
    taken.update(top for tops in made.inputs.values() for top in tops)
    for i in sorted(made.results, reverse=True):
        result, tops = made.results[i], layers[i].top
        name = "prob" if "prob" not in taken else f"{result.bottom[0]}_prob"
        if len(tops) > 1 and tops[1] not in taken:
            name = tops[1]
        while name in taken:
            name += "_"
        taken.add(name)
        result.name = name
        result.top.append(name)
