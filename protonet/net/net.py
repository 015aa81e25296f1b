"""Net: a graph of layers that runs forward and backward."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import Message
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..core import named
from ..core.arena import Arena
from ..core.blob import Blob
from ..core.context import TEST, Context
from ..core.layer import Layer
from ..core.named import Named
from ..core.registry import known_fork
from ..errors import NetError, ProtonetError, ShapeError, WeightsError, did_you_mean
from ..kernels.blas import blas_single
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition
from ..proto.weights import LayerWeights, write_weights
from ..proto.weights_hdf5 import write_weights_hdf5
from . import html, lint
from . import predict as _predict
from .build import Step, build, locate, note
from .npz import write_npz
from .passes import prepare
from .turn import Turn, in_turn
from .types import read_definition
from .weights import (
    CopyReport,
    blob_counts,
    check_suffix,
    copy_weights,
    read_any,
    warn_not_finite,
)

PathLike = str | os.PathLike


class Net:
    """A net built from a prototxt.  It computes for one thread at a time: see `clone`.

    prototxt: path, text, NetParameter or Definition.  weights: a .caffemodel (or .h5) to
    copy from.  phase: protonet.TRAIN or protonet.TEST (None: as the definition's own state
    says).  level, stages: the rest of the state that include and exclude rules look at.
    seed: of all random streams (None: another one each time).  dtype: of all blobs.
    allow_python: whether Python layers may import the modules they name.  open_data: False
    is to look at a net without what it reads: a data layer whose source is missing, or a
    Python layer that may not run, takes the shapes of its tops from `shapes` or from the
    prototxt.  shapes: of tops by name, for these and for Input layers.  partial: where
    shapes stay unknown build what can be built, to be looked at only: `unknown` names the
    blobs that remain, and no parameter is filled.  fork: of a type that means another layer
    in each of several forks of Caffe, whose is meant ("ssd"); mostly the net itself tells.

    Raises PrototxtError, NetError, ShapeError, WeightsError or DataError, each with the
    file, line and layer at fault.

        net = Net("models/lenet.prototxt", weights="lenet_iter_1000.caffemodel")
        net.blobs["data"].data[...] = images
        net.forward()["prob"].argmax(axis=1)
    """

    def __init__(
        self,
        prototxt: PathLike | Definition | Message,
        weights: PathLike | None = None,
        phase: int | None = TEST,
        *,
        level: int = 0,
        stages: Sequence[str] = (),
        seed: int | None = None,
        dtype: DTypeLike = np.float32,
        allow_python: bool = False,
        open_data: bool = True,
        shapes: Mapping[str, Sequence[int]] | None = None,
        partial: bool = False,
        fork: str = "",
        rank: int = 0,
        size: int = 1,
    ) -> None:
        source = prototxt if isinstance(prototxt, Definition) else read_definition(prototxt)
        definition = prepare(_with_state(source, phase, level, stages))
        if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise NetError(f"a net cannot compute in {np.dtype(dtype)}", "use float32 or float64")
        context = Context(
            phase=definition.message.state.phase,
            dtype=dtype,
            seed=seed,
            rank=rank,
            size=size,
            root=Path(source.root),
            allow_python=allow_python,
            open_data=open_data,
            shapes={name: tuple(map(index, shape)) for name, shape in (shapes or {}).items()},
            partial=partial,
            fill=not partial,
            fork=known_fork(fork),
            blob_count=blob_counts(weights),
        )
        self._assemble(definition, context)
        lint.warn(self._graph)
        if weights is not None:
            self.copy_from(weights)

    def _assemble(self, definition: Definition, context: Context) -> None:
        """Build the layers, and all that is known by name or number."""
        self._definition, self.context = definition, context
        message = definition.message
        self.name: str = message.name
        self.phase: int = context.phase
        with blas_single():
            self._graph = build(definition, context)
        #: Held by the thread that the net computes for.
        self.turn = Turn()
        #: The layers in their order, each with its blobs, their names and its place.
        self.steps: list[Step] = self._graph.steps
        steps = self.steps
        self.layers: list[Layer] = [step.layer for step in steps]
        self.layer_names: list[str] = [layer.name for layer in self.layers]
        #: Blobs by name in order of their making; Split blobs too.
        self.blobs: Named[Blob] = named.blobs(self._graph.blobs)
        #: Parameter blobs by layer name: [weights, bias, ...].
        self.params: Named[list[Blob]] = named.params(
            (layer.name, layer.blobs) for layer in self.layers if layer.blobs
        )
        self.bottoms: list[list[Blob]] = [step.bottom for step in steps]
        self.tops: list[list[Blob]] = [step.top for step in steps]
        self.bottom_names = {step.layer.name: step.bottom_names for step in steps}
        self.top_names = {step.layer.name: step.top_names for step in steps}
        self.inputs: list[str] = self._graph.inputs
        self.outputs: list[str] = self._graph.outputs
        #: The total loss of the last forward pass.
        self.loss = 0.0
        self.debug_info: bool = message.debug_info
        #: Hooks, each called with the index of a layer.
        self.before_forward: list[Callable[[int], None]] = []
        self.after_forward: list[Callable[[int], None]] = []
        self.before_backward: list[Callable[[int], None]] = []
        self.after_backward: list[Callable[[int], None]] = []
        self._filled: set[str] = set()  # layers that weights were copied into

    def clone(self) -> Net:
        """A net with the same weights in the same memory and blobs of its own: one for each
        thread, since a net computes for one thread at a time.

        Definition, state, dtype, consent and the present shapes of the inputs are the same.
        Hooks are not taken over, data layers begin at their start, and random streams are
        others (of a seeded net the same ones each time).  Gradients are the clone's own; of
        nets that share weights train one, and all have what it learns.

            with ThreadPoolExecutor(8) as pool:
                nets = [net.clone() for _ in range(8)]
                results = list(pool.map(lambda n, x: n.predict(x), nets, batches))
        """
        seed = int(self.context.spawn_seed().generate_state(1)[0])
        twin = type(self).__new__(type(self))
        twin._assemble(self._definition, replace(self.context, seed=seed, fill=False))
        for ours, theirs in zip(self.layers, twin.layers):
            for blob, other in zip(ours.blobs, theirs.blobs):
                other.share_data(blob)
        for name in self.inputs:
            twin.blobs[name].reshape(*self.blobs[name].shape)
        twin.reshape()
        return twin

    # -- structure -----------------------------------------------------------------------

    @property
    def layer_dict(self) -> Named[Layer]:
        return named.layers(zip(self.layer_names, self.layers))

    @property
    def unknown(self) -> set[str]:
        """Blobs whose shape is not known; only a `partial` net has some."""
        return self._graph.unknown

    @property
    def layer_needs_backward(self) -> list[bool]:
        return [step.needs_backward for step in self.steps]

    @property
    def bottom_needs_backward(self) -> list[list[bool]]:
        return [step.propagate_down for step in self.steps]

    @property
    def blob_loss_weights(self) -> dict[str, float]:
        """Weight of every blob in the loss; 0 for most."""
        weights = dict.fromkeys(self.blobs, 0.0)
        for step in self.steps:
            weights.update((n, w) for n, w in zip(step.top_names, step.loss_weights) if w)
        return weights

    @cached_property
    def _owners(self) -> list[Any]:
        return [p for i, p in enumerate(self._graph.params) if p.owner == i]

    @cached_property
    def _sharers(self) -> dict[int, tuple[int, int]]:
        """Blobs that share another layer's parameter: their id -> (layer number, blob number)."""
        numbers = {id(layer): i for i, layer in enumerate(self.layers)}
        return {
            id(p.blob): (numbers[id(p.layer)], p.index)
            for i, p in enumerate(self._graph.params)
            if p.owner != i
        }

    @property
    def learnable_params(self) -> list[Blob]:
        """Each parameter once: of shared ones the first layer's."""
        return [p.blob for p in self._owners]

    @property
    def learnable_param_names(self) -> list[tuple[str, int]]:
        """(layer name, index) of each of `learnable_params`."""
        return [(p.layer.name, p.index) for p in self._owners]

    @property
    def params_lr(self) -> list[float]:
        """lr_mult of each of `learnable_params`."""
        return [1.0 if p.lr_mult is None else p.lr_mult for p in self._owners]

    @property
    def params_weight_decay(self) -> list[float]:
        """decay_mult of each of `learnable_params`."""
        return [1.0 if p.decay_mult is None else p.decay_mult for p in self._owners]

    @cached_property
    def arena(self) -> Arena:
        """All learnable parameters as one flat array.  Asking for it moves them there."""
        return Arena(self.learnable_params, self.context.dtype)

    @property
    def definition(self) -> Definition:
        """The net as it was built: filtered, with Split layers, each with its line."""
        return self._definition

    # -- running -------------------------------------------------------------------------

    @in_turn
    def forward(
        self, start: str | None = None, end: str | None = None, **inputs: ArrayLike
    ) -> dict[str, NDArray]:
        """Run the layers `start` to `end` (names, both included; None: first, last).

        Keyword arguments are copied into the blobs they name, whose shape they must have.
        Returns the net's outputs (or the tops of `end`) as live arrays.
        """
        for name, values in inputs.items():
            self._feed(name, values)
        last = self._index(end, len(self.steps) - 1)
        self.run_forward(self._index(start, 0), last)
        names = self.outputs if end is None else self.steps[last].top_names
        return {name: self.blobs[name].data for name in names}

    @in_turn
    def backward(self, start: str | None = None, end: str | None = None) -> dict[str, NDArray]:
        """Run the layers `start` down to `end` backward (None: last, first).

        Adds to the diffs of the parameters.  Returns the diffs of the net's inputs (or of
        the bottoms of `end`) as live arrays.
        """
        stop = self._index(end, 0)
        self.run_backward(self._index(start, len(self.steps) - 1), stop)
        names = self.inputs if end is None else self.steps[stop].bottom_names
        return {name: self.blobs[name].diff for name in names}

    @in_turn
    def run_forward(self, first: int = 0, last: int | None = None) -> float:
        """The bare forward pass over layer indices; returns the loss, a weighted sum."""
        steps = self.steps
        if not steps:
            raise NetError(
                "the net has no layers in this state",
                "check phase, level and stages",
                file=self._definition.file,
            )
        loss = 0.0
        with blas_single():
            for i in range(first, len(steps) if last is None else last + 1):
                for hook in self.before_forward:
                    hook(i)
                step = steps[i]
                try:
                    step.reshape()
                    _refuse_empty(step)
                    step.layer.forward(step.bottom, step.top)
                except ProtonetError as error:
                    raise locate(error, step.layer.param, step.place) from error.__cause__
                except Exception as error:
                    note(error, step.layer.param, step.place)
                    raise
                for blob, weight in zip(step.top, step.loss_weights):
                    if weight:
                        loss += float(np.dot(blob.data.reshape(-1), blob.diff.reshape(-1)))
                for hook in self.after_forward:
                    hook(i)
        self.loss = loss
        return loss

    @in_turn
    def run_backward(self, first: int | None = None, last: int = 0) -> None:
        """The bare backward pass over layer indices, from `first` down to `last`."""
        steps = self.steps
        with blas_single():
            for i in range(len(steps) - 1 if first is None else first, last - 1, -1):
                for hook in self.before_backward:
                    hook(i)
                step = steps[i]
                if step.needs_backward:
                    try:
                        step.layer.backward(step.top, step.propagate_down, step.bottom)
                    except ProtonetError as error:
                        raise locate(error, step.layer.param, step.place) from error.__cause__
                    except Exception as error:
                        note(error, step.layer.param, step.place)
                        raise
                for hook in self.after_backward:
                    hook(i)

    @in_turn
    def forward_backward(self) -> float:
        """One forward and one backward pass; returns the loss."""
        loss = self.run_forward()
        self.run_backward()
        return loss

    @in_turn
    def predict(
        self,
        inputs: ArrayLike | Mapping[str, ArrayLike],
        batch_size: int | None = None,
        output: str | Sequence[str] | None = None,
    ) -> Any:
        """Run any number of items through the net, in one call.

        inputs: an array (N, ...) or a list of items, each shaped as one item of the input;
        one item alone; for a net of several inputs a dict.  batch_size: how many are run at
        once (None: as many as the input holds, 64 at least).  output: a blob, or several,
        instead of the net's outputs.

        Returns an array (N, ...); a dict of them if there are several outputs.  The input
        has its own shape again afterwards.
        """
        return _predict.predict(self, inputs, batch_size, output)

    @in_turn
    def clear_param_diffs(self) -> None:
        if "arena" in self.__dict__:
            self.arena.diff.fill(0)
            return
        for blob in self.learnable_params:
            blob.diff.fill(0)

    @in_turn
    def reshape(self) -> None:
        """Shape all blobs anew, after inputs were reshaped."""
        for step in self.steps:
            with step.located():
                step.shapes = None
                step.reshape()

    # -- weights -------------------------------------------------------------------------

    @in_turn
    def copy_from(
        self,
        weights: PathLike | Sequence[LayerWeights],
        strict: bool = False,
        warn: bool = True,
    ) -> CopyReport:
        """Copy weights by layer name from a file; tells what was copied and what was not.

        A .caffemodel, binary or HDF5, or an .npz of `save_npz`.  Warns of layers that no file
        so far had weights for, and of weights that are NaN or infinite, unless `warn` is false.
        WeightsError if something does not fit (then nothing is copied); with `strict` also
        if a layer of either side finds no partner.
        """
        items: Sequence[LayerWeights]
        if isinstance(weights, (str, os.PathLike)):
            source, items = os.fspath(weights), read_any(weights)
        else:
            source, items = "the given weights", weights
        try:
            report = copy_weights(self.layers, items, source, strict, self._sharers.keys())
        except WeightsError as error:
            step = next((s for s in self.steps if s.layer.name == error.layer), None)
            raise (locate(error, step.layer.param, step.place) if step else error) from None
        for name in report.unused:
            log.info("Ignoring source layer %s", name)
        self._filled.update(report.copied)
        missing = [name for name in report.missing if name not in self._filled]
        if missing and warn:
            log.warning("%s has no weights for %s: left as initialised", source, ", ".join(missing))
        if warn:
            warn_not_finite(source, report.not_finite)
        return report

    def share_trained_layers_with(self, other: Net) -> None:
        """Use the parameter values of `other` where layer names agree; one memory for both.

        ShapeError if the shapes of two layers of one name differ.
        """
        mine: dict[str, Step] = {}
        for step in self.steps:
            mine.setdefault(step.layer.name, step)
        for source in other.layers:
            if source.name not in mine:
                continue
            step = mine[source.name]
            ours, theirs = ([b.shape for b in x.blobs] for x in (step.layer, source))
            if ours != theirs:
                error = ShapeError(
                    f"parameters are {ours} here and {theirs} in the other net",
                    "make the two definitions agree",
                )
                raise locate(error, step.layer.param, step.place)
            for target, blob in zip(step.layer.blobs, source.blobs):
                target.share_data(blob)

    share_with = share_trained_layers_with

    def to_proto(self) -> pb.NetParameter:
        """The NetParameter of the net as built: filtered, with splits, without weights."""
        message = pb.NetParameter()
        message.CopyFrom(self._definition.message)
        del message.layer[:]
        message.layer.extend(layer.param for layer in self.layers)
        return message

    def save(self, path: PathLike, hdf5: bool = False, diffs: bool = False) -> None:
        """Write a .caffemodel that Caffe reads (HDF5 if asked for, or the name ends in .h5).

        diffs: write the gradients of the parameters too.  The old file stays until the new
        one is whole.  WeightsError for a name with another ending (.onnx, .npz, .pt ...), which
        the file would not be; a name without an ending is fine.
        """
        check_suffix(path, hdf5)
        filled = {i: layer.blobs for i, layer in enumerate(self.layers) if layer.blobs}
        data = {i: [blob.data for blob in blobs] for i, blobs in filled.items()}
        diff = {i: [blob.diff for blob in blobs] for i, blobs in filled.items()} if diffs else None
        write = write_weights_hdf5 if hdf5 else write_weights
        write(path, self.to_proto(), data, set(self._sharers.values()), diff)

    def save_npz(self, path: PathLike) -> None:
        """Write the parameters as an .npz of NumPy: "conv1/0" the weights, "conv1/1" the bias."""
        write_npz(path, self.layers)

    # -- help ----------------------------------------------------------------------------

    def _index(self, name: str | None, default: int) -> int:
        if name is None:
            return default
        if name not in self.layer_names:
            raise NetError(f"no layer named '{name}'", did_you_mean(name, self.layer_names))
        return self.layer_names.index(name)

    def _feed(self, name: str, values: ArrayLike) -> None:
        if name not in self.blobs:
            hint = did_you_mean(name, self.blobs) or f"the inputs are {', '.join(self.inputs)}"
            raise NetError(f"no blob named '{name}'", hint)
        blob = self.blobs[name]
        array = np.asarray(values)
        if array.shape != blob.shape:
            raise ShapeError(
                f"'{name}' was given {array.shape}, the blob is {blob.shape}",
                f"reshape it first: net.blobs['{name}'].reshape{array.shape}",
            )
        blob.data[...] = array

    def __repr__(self) -> str:
        phase = "TEST" if self.phase == TEST else "TRAIN"
        weights = sum(blob.count for blob in self.learnable_params)
        return (
            f"<Net '{self.name}', {phase}: {len(self.layers)} layers, {weights:,} parameters, "
            f"{', '.join(self.inputs) or 'no inputs'} -> {', '.join(self.outputs)}>"
        )

    def _repr_html_(self) -> str:
        return html.table(self)


def _with_state(
    source: Definition, phase: int | None, level: int, stages: Sequence[str]
) -> Definition:
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


def _refuse_empty(step: Step) -> None:
    kind, names, blobs = "bottom", step.bottom_names, step.bottom
    if not blobs:
        kind, names, blobs = "top", step.top_names, step.top
    for name, blob in zip(names, blobs):
        if blob.count == 0:
            raise ShapeError(
                f"{kind} '{name}' is empty: its shape is {blob.shape}",
                "give every axis at least one element",
            )
