"""Layers as Netscope sizes and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...core.context import TEST, TRAIN
from ...edit import Document
from ...net.net import Net
from ...net.step import Step
from ...proto import caffe_pb2 as pb
from ..tables import shape_text
from .types import DEPTHWISE, Shape, is_known, is_source, stand_in

_PHASES = {TRAIN: "TRAIN", TEST: "TEST"}
#: A negative axis, counted from the last: Netscope takes it as it stands.
_AXES = {"Concat": "concat_param", "InnerProduct": "inner_product_param"}


class Wired(NamedTuple):
    """The shapes of a layer's bottoms and tops; None for one that is not known."""

    bottoms: list[Shape | None]
    tops: list[Shape | None]


def wired(net: Net, step: Step) -> Wired:
    def shapes(names: Sequence[str], blobs: Sequence[Any]) -> list[Shape | None]:
        return [None if name in net.unknown else blob.shape for name, blob in zip(names, blobs)]

    return Wired(shapes(step.bottom_names, step.bottom), shapes(step.top_names, step.top))


class Plan:
    """Edits the layers of a document, the last one first, so that positions hold.

    phases: those that are wanted.  changes, left, same: of `Rewritten`.
    """

    def __init__(self, doc: Document, phases: Sequence[int], keep_types: bool) -> None:
        self._doc, self._phases, self._keep_types = doc, phases, keep_types
        self._gone: list[str] = []
        self._ruled = 0
        self._changes: list[str] = []
        self._left: list[str] = []
        self.same = True

    @property
    def changes(self) -> list[str]:
        """In the order of the layers."""
        done = self._changes[::-1]
        if self._gone:
            done.append(f"left out, for they are not in this state: {', '.join(self._gone[::-1])}")
        if self._ruled:
            done.append(f"rules became include {{ phase: X }} or went: {self._ruled}")
        return done

    @property
    def left(self) -> list[str]:
        return self._left[::-1]

    def rewrite(
        self, i: int, layer: pb.LayerParameter, phases: list[int], shapes: Wired | None
    ) -> None:
        """Layer number i.  phases: those that it is in.  shapes: None if nobody knows them."""
        if not phases:
            self._gone.append(f"'{layer.name}'")
            self._doc.remove(f"layer[{i}]")
            return
        self._rewrite_rules(i, layer, phases)
        if self._phases[0] not in phases:
            return  # Netscope shows TRAIN
        shapes = shapes or Wired([None] * len(layer.bottom), [None] * len(layer.top))
        self._rewrite_fields(i, layer, shapes)
        known = is_known(layer.type) and not (is_source(layer.type) and layer.bottom)
        if known and is_source(layer.type):
            self._rewrite_source(i, layer, shapes.tops, layer.type)
        elif layer.type in DEPTHWISE and (first := [*shapes.bottoms, None][0]):
            self._rewrite_depthwise(i, layer, first[1])
        elif not known:
            self._rewrite_unknown(i, layer, shapes)

    def _rewrite_rules(self, i: int, layer: pb.LayerParameter, phases: list[int]) -> None:
        want = []
        if len(phases) < len(self._phases):
            want = [pb.NetStateRule(phase=pb.Phase.Value(_PHASES[phases[0]]))]
        if layer.exclude or [*layer.include] != want:
            for name in ("include", "exclude"):
                if f"layer[{i}].{name}" in self._doc:
                    self._doc.remove(f"layer[{i}].{name}")
            for rule in want:
                self._doc.set(f"layer[{i}].include[0]", rule)
            self._ruled += 1

    def _rewrite_fields(self, i: int, layer: pb.LayerParameter, shapes: Wired) -> None:
        """Values that Netscope misreads, said in another way."""
        doc, path = self._doc, f"layer[{i}]"
        name = _AXES.get(layer.type)
        if name and getattr(layer, name).axis < 0 and shapes.bottoms and shapes.bottoms[0]:
            axis = getattr(layer, name).axis + len(shapes.bottoms[0])
            doc.set(f"{path}.{name}.axis", axis)
            self._say(layer, f"axis {axis}, counted from the first")
        if layer.type == "Crop" and not layer.crop_param.HasField("axis"):
            doc.set(f"{path}.crop_param.axis", layer.crop_param.axis)
            self._say(layer, f"axis {layer.crop_param.axis}, the default, is written out")
        if layer.type == "Pooling" and not layer.pooling_param.global_pooling:
            field = f"{path}.pooling_param.global_pooling"
            if field in doc:  # any word at all turns it on
                doc.remove(field)
                self._say(layer, "global_pooling: false, the default, is left out")

    def _rewrite_depthwise(self, i: int, layer: pb.LayerParameter, channels: int) -> None:
        self._doc.set(f"layer[{i}].type", "Convolution")
        self._doc.set(f"layer[{i}].convolution_param.group", channels)
        self._say(layer, f"a Convolution of {channels} groups, which computes the same")

    def _rewrite_source(
        self, i: int, layer: pb.LayerParameter, tops: list[Shape | None], type: str
    ) -> None:
        """Netscope gives a source two tops at most: one of a known shape, and its batch."""
        known = [top for top in tops if top is not None]
        if not known or len(known) < len(tops):
            self._leave(layer, "its shapes are not known (--shape NAME=N,C,H,W gives one)")
            return
        if len(tops) > 2 or (
            len(tops) == 2 and (layer.type == "Input" or known[1] != known[0][:1])
        ):
            self._split(i, layer, known, type)
        elif layer.type != "Input":
            self._state(f"layer[{i}]", known[0])
            self._say(layer, f"shape {shape_text(known[0])} in an input_param, which Caffe ignores")

    def _split(self, i: int, layer: pb.LayerParameter, shapes: list[Shape], type: str) -> None:
        """One source for each top."""
        doc, path = self._doc, f"layer[{i}]"
        if layer.type != "Input":
            self.same = False
        if f"{path}.input_param" in doc:
            doc.remove(f"{path}.input_param")
        taken = {each.name for each in doc.message.layer}
        for k, (top, shape) in reversed([*enumerate(zip(layer.top, shapes))]):
            if k == 0:
                doc.set(f"{path}.top", [top])
                self._state(path, shape)
                continue
            name = top if top not in taken else f"{layer.name} {top}"
            new = pb.LayerParameter(name=name, type=type, top=[top], include=_rules(doc, path))
            new.input_param.shape.add().dim.extend(shape)
            doc.insert(path, new)
        self._say(layer, f"{len(layer.top)} layers with one top each")

    def _rewrite_unknown(self, i: int, layer: pb.LayerParameter, shapes: Wired) -> None:
        doc, path = self._doc, f"layer[{i}]"
        found = None if self._keep_types else stand_in(layer, *shapes)
        if found is None:
            why = "" if self._keep_types else ", nor are its shapes known"
            self._leave(layer, f"Netscope does not know the type{why}: no shapes from here on")
            doc.comment(path, f"Netscope does not know {layer.type}: no shapes from here on")
            return
        self.same = False
        told = ", ".join(map(shape_text, shapes.tops))
        self._say(layer, f"is '{found.type}'{told and ', of shape '}{told}")
        doc.set(f"{path}.type", found.type)
        if not layer.bottom and layer.top:
            self._rewrite_source(i, layer, shapes.tops, found.type)
        elif found.shapes:
            self._put_shapes(i, layer, found.shapes)

    def _put_shapes(self, i: int, layer: pb.LayerParameter, shapes: list[Shape]) -> None:
        """Inputs that carry shapes to a layer, in front of its bottoms."""
        doc, path = self._doc, f"layer[{i}]"
        names = [f"{shape_text(shape)} of {layer.name}" for shape in shapes]
        doc.set(f"{path}.bottom", [*names, *layer.bottom])
        rules = _rules(doc, path)
        for name, shape in dict(zip(names, shapes)).items():
            new = pb.LayerParameter(name=name, type="Input", top=[name], include=rules)
            new.input_param.shape.add().dim.extend(shape)
            doc.insert(path, new, before=True)

    def _state(self, path: str, shape: Shape) -> None:
        """Say the shape of a source's first top."""
        doc = self._doc
        if f"{path}.input_param" in doc:
            doc.remove(f"{path}.input_param")
        param = pb.InputParameter()
        param.shape.add().dim.extend(shape)
        doc.set(f"{path}.input_param", param)

    def _say(self, layer: pb.LayerParameter, what: str) -> None:
        self._changes.append(f"'{layer.name}' ({layer.type}): {what}")

    def _leave(self, layer: pb.LayerParameter, what: str) -> None:
        self._left.append(f"'{layer.name}' ({layer.type}): {what}")


def _rules(doc: Document, path: str) -> list[pb.NetStateRule]:
    return [*doc.get(f"{path}.include")]
