"""The net's text made one that learns the new classes; all else in it is left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import edit
from ..edit.layout import wrapped
from ..errors import NetError, did_you_mean
from ..net.deploy.plan import is_source
from ..net.net import Net
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition
from .structure import HEADS, Structure

ALL = "all"


@dataclass(frozen=True)
class Rates:
    """new, old: what the lr_mult of new layers and of others are multiplied with.  freeze: "", the
    name of the last layer that learns nothing, or `ALL` for all but the new ones."""

    new: float = 10.0
    old: float = 1.0
    freeze: str = ""


class Rewriter:
    """Edits a document, whose layers are those of `definition`; `net` is built from that in TRAIN.

    changes: what was done, a line each.  renamed: of the layers that start anew, by old names.
    """

    def __init__(
        self, doc: edit.Document, definition: Definition, net: Net, found: Structure
    ) -> None:
        self.doc, self.net, self.found = doc, net, found
        self.layers = [*definition.message.layer]
        self.changes: list[str] = []
        self.renamed: dict[str, str] = {}
        order = {id(place): i for i, place in enumerate(definition.places)}
        self._at = {step.index: order[id(step.place)] for step in net.steps}
        self._taken = {layer.name for layer in self.layers}
        self._taken |= {name for layer in self.layers for name in layer.top}

    # -- layers that stay where they are --------------------------------------------------

    def heads(self, classes: int, tag: str, known: Sequence[str]) -> None:
        """Rename and resize the heads.  tag: what is put behind their names.  known: names of
        layers in the weights, which are not to be taken."""
        for step in [*self.found.heads, *self.found.beside]:
            old = step.layer.name
            new = f"{old}_{tag}"
            while new in self._taken or new in known:
                new += "_"
            self._taken.add(new)
            self.renamed[old] = new
            for i in self._of_name(old):
                self._head(i, step.layer.type, new, classes)

    def _head(self, i: int, kind: str, new: str, classes: int) -> None:
        path, old = f"layer[{i}]", self.layers[i].name
        self.doc.set(f"{path}.name", new)
        words = f"New: '{old}' under another name, so that no trained weights are for it."
        if kind in HEADS:
            field = f"{path}.{HEADS[kind]}"
            before = self.doc.get(f"{field}.num_output")
            self.doc.set(f"{field}.num_output", classes)
            words = f"{words[:-1]}, with {classes} outputs for {before}."
            self.changes.append(
                f"'{old}' ({kind}) became '{new}' with {classes} outputs for {before}"
            )
            if f"{field}.weight_filler" not in self.doc:
                self.doc.set(f"{field}.weight_filler", 'type: "xavier"')
                words += " It starts from random weights."
        else:
            self.changes.append(f"'{old}' ({kind}) became '{new}'")
        self.doc.comment(path, wrapped(words))

    def rates(self, rates: Rates) -> None:
        """Set how fast layers learn."""
        frozen = self._frozen(rates.freeze)
        for i, layer in enumerate(self.layers):
            if layer.name in self.renamed:
                self._multiply(i, rates.new)
            elif layer.name in frozen:
                self._freeze(i)
            elif layer.name in self.net.params:
                self._multiply(i, rates.old)
        if rates.new != 1:
            names = ", ".join(f"'{name}'" for name in self.renamed.values())
            self.changes.append(f"{names} {_learn(self.renamed)} {rates.new:g} times as fast")
        if rates.old != 1:
            self.changes.append(f"the other layers learn {rates.old:g} times as fast as before")
        if frozen:
            names = ", ".join(f"'{name}'" for name in frozen)
            self.changes.append(f"{names} {_learn(frozen)} nothing")

    def _frozen(self, last: str) -> list[str]:
        """The layers with parameters up to the one named, without the new ones."""
        learning = [name for name in self.net.params if name not in self.renamed]
        if not last:
            return []
        if last == ALL:
            return learning
        if last not in learning:
            hint = did_you_mean(last, learning) or f"there are {', '.join(learning)}, or {ALL}"
            raise NetError(f"no layer '{last}' with weights is there to be frozen", hint)
        return learning[: learning.index(last) + 1]

    def _multiply(self, i: int, factor: float) -> None:
        layer = self.layers[i]
        if factor == 1 or layer.type == "BatchNorm":  # whose blobs no solver changes
            return
        for k in range(len(self.net.params.get(layer.name, ()))):
            before = layer.param[k].lr_mult if k < len(layer.param) else 1.0
            self.doc.set(f"layer[{i}].param[{k}].lr_mult", float(f"{before * factor:.6g}"))

    def _freeze(self, i: int) -> None:
        layer = self.layers[i]
        if layer.type == "BatchNorm":
            self.doc.set(f"layer[{i}].batch_norm_param.use_global_stats", True)
            return
        for k in range(len(self.net.params[layer.name])):
            self.doc.set(f"layer[{i}].param[{k}].lr_mult", 0)
            self.doc.set(f"layer[{i}].param[{k}].decay_mult", 0)

    # -- layers that come and go ----------------------------------------------------------

    def label(self) -> str:
        """The name of the blob of labels."""
        if not self.found.label:
            self.found.label = self._free("label")
        return self.found.label

    def flow(self, data: Sequence[tuple[pb.LayerParameter, str]], classes: int) -> None:
        """Put data layers, each with its comment, in place of what brought data; losses in place
        of results; Accuracy where there is none.  From the last layer on, so that positions
        hold."""
        label, results = self.label(), {self._at[step.index] for step in self.found.results}
        sources = [i for i, layer in enumerate(self.layers) if is_source(layer)]
        counts = [i for i, layer in enumerate(self.layers) if self._too_many(layer, classes)]
        counted = any(
            layer.type == "Accuracy" and i not in counts for i, layer in enumerate(self.layers)
        )
        if not self.found.losses and not results:
            self._append_loss(len(self.layers) - 1, self.found.scores[0], label, counted)
            counted = True
        for i in reversed(range(len(self.layers))):
            path = f"layer[{i}]"
            if i in results:
                self._append_loss(i, self.layers[i].bottom[0], label, counted)
                self.doc.remove(path)
                self.changes.append(f"'{self.layers[i].name}' (Softmax) became a loss")
                counted = True
            elif i in counts:
                self.doc.remove(path)
                self.changes.append(f"left out: '{self.layers[i].name}', of more than {classes}")
            elif i == sources[0]:
                for layer, comment in data:
                    self.doc.insert(path, layer, before=True)
                    self.doc.comment(path, comment)
                    i, path = i + 1, f"layer[{i + 1}]"
                self.doc.remove(path)
            elif i in sources:
                self.doc.remove(path)
        if not counted:
            self._append_accuracy(len(self.doc.get("layer")) - 1, self.found.scores[-1], label)
        names = ", ".join(dict.fromkeys(f"'{self.layers[i].name}'" for i in sources))
        kind = data[0][0].type
        self.changes.insert(0, f"{names} became {kind} layers for the new pictures")

    def _too_many(self, layer: pb.LayerParameter, classes: int) -> bool:
        return layer.type == "Accuracy" and layer.accuracy_param.top_k > classes

    def _append_loss(self, i: int, scores: str, label: str, counted: bool) -> None:
        """Behind layer i; with an Accuracy, unless there is one."""
        if not counted:
            self._append_accuracy(i, scores, label)
        name = self._free("loss")
        loss = pb.LayerParameter(name=name, type="SoftmaxWithLoss", top=[name])
        loss.bottom.extend([scores, label])
        if self.layers[i].HasField("softmax_param"):
            loss.softmax_param.CopyFrom(self.layers[i].softmax_param)
        self.doc.insert(f"layer[{i}]", loss)

    def _append_accuracy(self, i: int, scores: str, label: str) -> None:
        name = self._free("accuracy")
        accuracy = pb.LayerParameter(name=name, type="Accuracy", top=[name])
        accuracy.bottom.extend([scores, label])
        accuracy.include.add().phase = pb.TEST
        self.doc.insert(f"layer[{i}]", accuracy)

    # -- help -------------------------------------------------------------------------------

    def _of_name(self, name: str) -> list[int]:
        return [i for i, layer in enumerate(self.layers) if layer.name == name]

    def _free(self, name: str) -> str:
        """The name, or one like it that nothing bears."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def _learn(names: Sequence[str] | dict[str, str]) -> str:
    return "learns" if len(names) == 1 else "learn"
