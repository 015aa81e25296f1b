"""Probe: a model run by onnxruntime, with all that it computes on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...net.step import Step
from .model import Exported
from .packages import onnx_package
from .runtime import quiet_options, run, session

Values = Mapping[str, NDArray]

#: Types whose tops jump when a bottom changes a little.
_JUMPING = frozenset(
    {
        *("ArgMax", "Threshold", "Accuracy", "SegAccuracy", "CTCGreedyDecoder"),
        *("Filter", "Embed", "BatchReindex", "Upsample", "Unpooling"),
        *("DetectionOutput", "YoloDetectionOutput", "Yolov3DetectionOutput"),
        *("Proposal", "Python", "DecodeBBox", "ROIPooling", "ROIAlign", "PSROIPooling"),
    }
)


def jumps(step: Step) -> bool:
    """Does the layer choose: by order, threshold or place?"""
    masked = step.layer.type == "Pooling" and len(step.top) > 1
    return masked or step.layer.type in _JUMPING


def fed_name(step: int, bottom: int) -> str:
    return f"given/{step}/{bottom}"


class Probe:
    """The model with all tensors of tops as outputs, and bottoms of some layers as inputs.

    fed: the steps whose bottoms are inputs: those of layers that jump.
    """

    def __init__(
        self, made: Exported, file: Path, changed: bool = False, alone: bool = False
    ) -> None:
        """changed: the nodes of the file are not those of `made` any more, and none is fed.
        alone: all are."""
        self.made, self.behind = made, _behind_jumps(made)
        self.fed: set[int] = set()
        if not changed:
            self.fed = {i for i in made.bottoms if alone or jumps(made.net.steps[i])}
        onnx = onnx_package()
        model = onnx.load(str(file), load_external_data=False)
        self._feed(onnx, model)
        self.tensors = self._outputs(onnx, model, changed)
        self.probe = session(model.SerializeToString(), quiet_options(file.parent))
        self.plain = None if alone else session(str(file), quiet_options(file.parent))
        self.wanted = [value.name for value in self.plain.get_outputs()] if self.plain else []

    def _feed(self, onnx: Any, model: Any) -> None:
        for index in self.fed:
            step = self.made.net.steps[index]
            for i in range(len(step.bottom)):
                fed = fed_name(step.index, i)
                shape = [None] * len(step.bottom[i].shape)
                value = onnx.helper.make_tensor_value_info(fed, onnx.TensorProto.FLOAT, shape)
                model.graph.input.append(value)
                tensor = self.made.bottoms[step.index][i]
                for at in self.made.spans[step.index]:
                    node = model.graph.node[at]
                    node.input[:] = [fed if each == tensor else each for each in node.input]

    def _outputs(self, onnx: Any, model: Any, changed: bool) -> dict[str, int]:
        """Adds what is none yet; returns the tensors with the step that makes each."""
        have = {value.name for value in model.graph.output}
        there = {name for node in model.graph.node for name in node.output}
        tensors = {}
        for step, names in zip(self.made.net.steps, self.made.tops):
            for name in names if step.index in self.made.bottoms else []:
                if changed and (name not in there or name in self.behind):
                    continue
                tensors[name] = step.index
                if name not in have:
                    model.graph.output.append(onnx.ValueInfoProto(name=name))
        return tensors

    def run(self, given: Values, bottoms: Values) -> Iterator[tuple[int, str, NDArray]]:
        """(step, tensor, value) of all tensors, and once more of the outputs of the file itself
        where no layer jumps on the way to them."""
        names = list(self.tensors)
        for name, value in zip(names, run(self.probe, names, {**given, **bottoms})):
            yield self.tensors[name], name, value
        if self.plain is None:
            return
        for name, value in zip(self.wanted, run(self.plain, self.wanted, given)):
            if name in self.tensors and name not in self.behind:
                yield self.tensors[name], name, value


def _behind_jumps(made: Exported) -> set[str]:
    """The tensors that depend on a layer that jumps, but where all it reads are inputs: they are
    the same for both."""
    behind: set[str] = set()
    for step in made.net.steps:
        bottoms = made.bottoms.get(step.index, [])
        chooses = jumps(step) and not made.inputs.keys() >= set(bottoms)
        if chooses or behind.intersection(bottoms):
            behind.update(made.tops[step.index])
    return behind
