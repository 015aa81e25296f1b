"""From a net to a model: every layer through its converter, and all refusals told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from ...core.registry import is_users
from ...errors import NetError, ProtonetError, together
from ...log import log
from ...net.build import AUTOMATIC
from ...net.net import Net
from ...net.step import Step
from ...version import __version__
from . import layers as _layers  # noqa: F401  (fills the table)
from .dims import BATCH, Dims, Sized, input_shapes, shaped, sized, sources, with_batch
from .op import Op, Refused
from .packages import onnx_package
from .registry import CONVERTERS, key_of, unknown_field
from .writer import Writer, unique

#: The oldest and the newest version of ONNX's operators that can be asked for, and the one
#: that is written else: all engines of today read it.
OLDEST, NEWEST, USUAL = 13, 26, 17


@dataclass(eq=False)
class Exported:
    """A model and what is known of it.

    model: the ModelProto.  arrays: the values of its larger initializers, which have none yet: see
    `external`.  net: a plain net of the same weights, that of the inputs' present
    shapes.  tensors: blob -> the tensor with its last value.  inputs: sizes of the inputs by
    name.  sizes: of each name in them, what the net has.  states: inputs that carry a
    recurrent state, with the outputs that give it back.  tops: a tensor for each top of each
    step; [] for Splits, which only pass on.  bottoms: of each step, its tensors.  spans:
    of each step, its nodes in the graph.
    """

    model: Any
    arrays: Mapping[str, NDArray]
    net: Net
    tensors: Mapping[str, str]
    inputs: Mapping[str, Dims]
    sizes: Mapping[str, int]
    states: Mapping[str, str] = field(default_factory=dict)
    tops: list[list[str]] = field(default_factory=list)
    bottoms: Mapping[int, list[str]] = field(default_factory=dict)
    spans: Mapping[int, range] = field(default_factory=dict)


def exported(
    net: Net,
    *,
    opset: int = USUAL,
    batch: int | str | None = None,
    shapes: Mapping[str, Sequence[int | str]] | None = None,
) -> Exported:
    """The model of a net; see `protonet.export.onnx` for the arguments.

    NetError with every layer that ONNX has no words for.
    """
    onnx_package()
    _check(net, opset, batch)
    twin = net.clone(plain=True)
    fixed = _fixed(twin, batch, shapes or {})
    words = [size for sizes in (shapes or {}).values() for size in sizes if isinstance(size, str)]
    if words or isinstance(batch, int):
        return _built(twin, opset, fixed)
    try:
        return _built(twin, opset, with_batch(input_shapes(twin)))
    except ProtonetError as error:
        if batch == "dynamic":
            raise
        made = _built(twin, opset, fixed)
        log.warning("the batch is fixed: %s", str(error).splitlines()[0])
        return made


def _check(net: Net, opset: int, batch: int | str | None) -> None:
    if net.faults:
        raise together(net.faults)
    if net.context.partial:
        raise NetError("the net was built to be looked at", "build it without partial=True")
    newest = min(NEWEST, onnx_package().defs.onnx_opset_version())
    if not OLDEST <= opset <= newest:
        raise NetError(f"opset is {opset}", f"give {OLDEST} to {newest}")
    if batch is not None and batch != "dynamic" and not (isinstance(batch, int) and batch > 0):
        raise NetError(f"batch is {batch!r}", "give a number from 1 on, or 'dynamic'")


def _fixed(
    net: Net, batch: int | str | None, shapes: Mapping[str, Sequence[int | str]]
) -> dict[str, Dims]:
    """The inputs' sizes as they are asked for; the net is shaped to them."""
    dims: dict[str, Dims] = dict(input_shapes(net))
    for name, given in shapes.items():
        if name not in dims:
            raise NetError(f"the net has no input '{name}'", f"it has {', '.join(dims)}")
        if len(given) != len(dims[name]):
            raise NetError(f"'{name}' has {len(dims[name])} axes, {len(given)} sizes are given")
        dims[name] = tuple(given)
    if isinstance(batch, int):
        varied = with_batch(input_shapes(net))
        for name, now in varied.items():
            if now and now[0] == BATCH and name not in shapes:
                dims[name] = (batch, *dims[name][1:])
    present = input_shapes(net)
    sizes = {
        dim: size
        for name in dims
        for dim, size in zip(dims[name], present[name])
        if isinstance(dim, str)
    }
    shaped(net, dims, sizes)
    return dims


def _built(net: Net, opset: int, inputs: Mapping[str, Dims]) -> Exported:
    return _Walk(net, opset, inputs).run()


class _Walk:
    """One walk through the layers of a net, in their order."""

    def __init__(self, net: Net, opset: int, inputs: Mapping[str, Dims]) -> None:
        self.net, self.inputs = net, inputs
        self.shapes: Sized = sized(net, inputs)
        self.tops = names_of_tops(net)
        self.writer = Writer(opset, [name for names in self.tops for name in names])
        self.tensors: dict[str, str] = {}
        self.dims: dict[str, Dims] = {}
        self.refused: list[ProtonetError] = []
        #: Names of layers that were met, those of layers of one name made different.
        self._layers: set[str] = set()
        #: Steps whose tops are tensors of the model, and the nodes of each.
        self.kept: set[int] = set()
        self.bottoms: dict[int, list[str]] = {}
        self.spans: dict[int, range] = {}

    def run(self) -> Exported:
        given = {id(step) for step in sources(self.net)}
        for step in self.net.steps:
            names = self.tops[step.index]
            if not self._passed_on(step):
                before = len(self.writer.nodes)
                if id(step) not in given:
                    self._convert(step, names)
                self.kept.add(step.index)
                self.spans[step.index] = range(before, len(self.writer.nodes))
                self.tensors.update(zip(step.top_names, names))
            self.dims.update(zip(step.top_names, self.shapes.tops[step.index]))
        if self.refused:
            raise together(self.refused)
        if not self.net.outputs and not self.writer.nodes:
            raise NetError("the net computes nothing", "", file=self.net.definition.file)
        return self._finished()

    def _passed_on(self, step: Step) -> bool:
        """Split only gives more names to one tensor: no node, unless an output is among them."""
        if step.layer.type != "Split" or set(step.top_names) & set(self.net.outputs):
            return False
        for name in step.top_names:
            self.tensors[name] = self.tensors[step.bottom_names[0]]
        return True

    def _convert(self, step: Step, names: Sequence[str]) -> None:
        writer, layer = self.writer, step.layer
        writer.begin(unique(layer.name, self._layers), layer.type)
        self.bottoms[step.index] = [self.tensors[name] for name in step.bottom_names]
        op = Op(
            writer,
            step,
            self.bottoms[step.index],
            [self.dims[name] for name in step.bottom_names],
            self.shapes.tops[step.index],
        )
        try:
            convert = CONVERTERS.get(key_of(layer))
            if convert is None:
                own = is_users(layer.type)
                hint = "teach it: protonet.export.converter" if own else "take the layer out"
                raise op.refuse("ONNX has no operators for this type", hint)
            field, path = unknown_field(layer)
            if field:
                raise op.refuse(
                    f"{field} is not followed in a model", "remove it if it can be", path
                )
            made = convert(op)
        except Refused as error:
            self.refused.append(error)
            return
        writer.end([made] if isinstance(made, str) else list(made), names)

    def _finished(self) -> Exported:
        helper, writer, net = self.writer.onnx.helper, self.writer, self.net
        inputs = [self.writer.value(name, dims) for name, dims in self.inputs.items()]
        outputs = [self.writer.value(self.tensors[name], self.dims[name]) for name in net.outputs]
        outputs += [
            self.writer.value(name, self.shapes.tops[step.index][i])
            for step in net.steps
            for i, name in enumerate(self.tops[step.index])
            if step.top_names[i] == AUTOMATIC
        ]
        known = {value.name for value in [*inputs, *outputs]}
        inner = {self.tensors[name]: dims for name, dims in self.dims.items()}
        graph = helper.make_graph(
            writer.nodes,
            net.name or "net",
            inputs + writer.extra_inputs,
            outputs + writer.extra_outputs,
            writer.initializers,
            value_info=[self.writer.value(n, dims) for n, dims in inner.items() if n not in known],
        )
        opsets = [helper.make_opsetid("", writer.opset)]
        model = helper.make_model(
            graph,
            producer_name="protonet",
            producer_version=__version__,
            opset_imports=opsets,
            ir_version=helper.find_min_ir_version_for(opsets),
        )
        states = {i.name: o.name for i, o in zip(writer.extra_inputs, writer.extra_outputs)}
        return Exported(
            model,
            writer.arrays,
            net,
            self.tensors,
            self.inputs,
            self.shapes.sizes,
            states,
            [self.tops[step.index] if step.index in self.kept else [] for step in net.steps],
            self.bottoms,
            self.spans,
        )


def names_of_tops(net: Net) -> list[list[str]]:
    """A tensor's name for each top of each step.

    A blob's last value has its name, and so has an input; what an in-place layer then
    overwrites is called "blob@layer".  The top that a loss makes for itself is called like
    the layer.
    """
    given = {id(step) for step in sources(net)}
    last = {name: step.index for step in net.steps for name in step.top_names}
    from_outside = {name for step in net.steps if id(step) in given for name in step.top_names}
    taken = set(last)

    def name_of(step: Step, blob: str) -> str:
        if id(step) in given:
            return blob
        if blob == AUTOMATIC:
            return unique(step.layer.name, taken)
        if last[blob] == step.index and blob not in from_outside:
            return blob
        return unique(f"{blob}@{step.layer.name}", taken)

    return [[name_of(step, blob) for blob in step.top_names] for step in net.steps]
