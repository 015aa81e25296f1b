"""Net: a graph of layers that runs forward and backward."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import Message
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..core.arena import Arena
from ..core.context import TEST, Context
from ..core.registry import known_fork
from ..errors import NetError, ShapeError
from ..kernels import scratch
from ..kernels.blas import blas_single
from ..layers.rcnn._settings import read_settings
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition
from ..proto.stored import LayerWeights
from . import lint
from . import predict as _predict
from .build import build
from .executor import Executor
from .lifetime import collector_paused, watch
from .optimise import for_inference, with_all_values
from .parameters import Parameters
from .passes import prepare, with_state
from .step import Step
from .structure import Structure
from .turn import Turn, in_turn
from .types import read_definition
from .weights import CopyReport, Source, saver

PathLike = str | os.PathLike


class Net(Structure):
    """A net built from a prototxt.  It computes for one thread at a time: see `clone`.

    prototxt: path, text, NetParameter or Definition.  weights: a .caffemodel (or .h5, .npz,
    .safetensors) to copy from.  phase: protonet.TRAIN or protonet.TEST (None: as the definition's
    own state says).  level, stages: the rest of the state that include and exclude rules look at.
    seed: of all random streams (None: another one each time).  dtype: of all blobs.
    allow_python: whether Python layers may import the modules they name.  open_data: False
    is to look at a net without what it reads: a data layer whose source is missing, or a
    Python layer that may not run, takes the shapes of its tops from `shapes` or from the
    prototxt.  shapes: of tops by name, for these and for Input layers.  partial: where
    shapes stay unknown build what can be built, to be looked at only: `unknown` names the
    blobs that remain, and no parameter is filled.  fork: of a type that means another layer
    in each of several forks of Caffe, whose is meant ("ssd"); mostly the net itself tells.
    rcnn_config: settings of Faster R-CNN's Python layers, a YAML file of py-faster-rcnn's or a
    dict, {"TEST.RPN_NMS_THRESH": 0.6}.
    root_only: let no path that the net, or a list it reads, names leave the folder of the net's
    file, or the folder that is given; symbolic links included.
    ignore_bad_labels: losses and accuracies that know ignore_label pass over labels that are no
    class, with a warning that counts them, instead of raising DataError.
    optimize: run fewer steps that give the same results up to rounding: BatchNorm, Scale and
    Bias folded into the weights before them, activations and sums done while values are hot,
    Concat written in place, memory shared by blobs that do not live at the same time.  Such a
    net runs forward, as a whole, and has no backward pass; `net.blobs[name].data` is there for
    inputs, outputs, losses and the names in `keep`, and an error for what was optimised away.
    processes: how many share the passes of an optimised net, this one included: after a few passes
    on the same shapes it forks (on Linux; elsewhere 1).  Small layers, which threads of one
    interpreter cannot share, are shared by them; the numbers are the same, bit by bit.
    The net's parameters stay as they are: they are read at the first pass, for folded or otherwise
    prepared copies, and again after `copy_from`, `share_trained_layers_with` and `reoptimize`.

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
        rcnn_config: Mapping[str, Any] | str | os.PathLike | None = None,
        rank: int = 0,
        size: int = 1,
        deal_tests: bool = False,
        optimize: bool = False,
        keep: Sequence[str] = (),
        processes: int = 1,
        root_only: bool | PathLike = False,
        ignore_bad_labels: bool = False,
    ) -> None:
        with collector_paused:
            source = (
                prototxt if isinstance(prototxt, Definition) else read_definition(prototxt, partial)
            )
            definition = prepare(with_state(source, phase, level, stages))
        if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise NetError(f"a net cannot compute in {np.dtype(dtype)}", "use float32 or float64")
        stored = Source(weights)
        context = Context(
            phase=definition.message.state.phase,
            dtype=dtype,
            seed=seed,
            rank=rank,
            size=size,
            deal_tests=deal_tests,
            root=Path(source.root),
            allow_python=allow_python,
            open_data=open_data,
            shapes={name: tuple(map(index, shape)) for name, shape in (shapes or {}).items()},
            partial=partial,
            fill=not partial,
            fork=known_fork(fork),
            rcnn_config=read_settings(rcnn_config),
            confine=_folder_of(root_only, source),
            ignore_bad_labels=ignore_bad_labels,
            blob_count=stored.blob_count,
        )
        kept = [keep] if isinstance(keep, str) else keep
        self._assemble(definition, context, optimize, kept, processes)
        lint.warn(self.graph)
        if weights is not None:
            self._parameters.copy_from(weights, strict=False, warn=True, read=stored.take())

    def _assemble(
        self,
        definition: Definition,
        context: Context,
        optimize: bool,
        keep: Sequence[str],
        processes: int = 1,
    ) -> None:
        """Build the layers, and all that is known by name or number."""
        self.context, self._optimize, self._keep = context, optimize, keep
        with blas_single(), collector_paused:
            graph = build(definition, context)
        self.graph = graph
        watch(self)
        self._executor = (
            for_inference(graph, keep, processes) if optimize else with_all_values(graph)
        )
        self._parameters = Parameters(graph, context.dtype)
        #: Held by the thread that the net computes for.
        self.turn = Turn()
        self._show(graph)
        #: The total loss of the last forward pass.
        self.loss = 0.0
        self.debug_info: bool = definition.message.debug_info
        #: Hooks, each called with the index of a layer.
        self.before_forward: list[Callable[[int], None]] = []
        self.after_forward: list[Callable[[int], None]] = []
        self.before_backward: list[Callable[[int], None]] = []
        self.after_backward: list[Callable[[int], None]] = []

    def clone(
        self,
        plain: bool = False,
        optimize: bool | None = None,
        keep: Sequence[str] | None = None,
    ) -> Net:
        """A net with the same weights in the same memory and blobs of its own: one for each
        thread, since a net computes for one thread at a time.

        Definition, state, dtype, consent and the present shapes of the inputs are the same.
        Hooks are not taken over, data layers begin at their start, and random streams are
        others (of a seeded net the same ones each time).  Gradients are the clone's own; of
        nets that share weights train one, and all have what it learns.
        plain: not optimised, and without the data: its data layers only have shapes.
        optimize, keep: as of `Net`, if not those of this one.

            with ThreadPoolExecutor(8) as pool:
                nets = [net.clone() for _ in range(8)]
                results = list(pool.map(lambda n, x: n.predict(x), nets, batches))
        """
        seed_sequence = self.context.seed_of(self.context.next_seed())
        seed = int(seed_sequence.generate_state(1)[0])
        twin = type(self).__new__(type(self))
        context = replace(self.context, seed=seed, fill=False)
        if plain:
            made = [s for s in self.steps if not s.bottom and s.layer.batches_ahead]
            shapes = {n: b.shape for s in made for n, b in zip(s.top_names, s.top)}
            context = replace(context, open_data=False, shapes={**context.shapes, **shapes})
        fewer = self._optimize and not plain if optimize is None else optimize
        twin._assemble(self.definition, context, fewer, self._keep if keep is None else keep)
        twin._parameters.share_by_position(self.graph)
        other = [n for n in self.inputs if twin.blobs[n].shape != self.blobs[n].shape]
        for name in other:
            twin.blobs[name].reshape(*self.blobs[name].shape)
        if other:
            twin.reshape()
        return twin

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
        if end is None:
            return {name: self.blobs[name].data for name in self.outputs}
        step = self.steps[last]
        return {name: blob.data for name, blob in zip(step.top_names, step.top)}

    @in_turn
    def backward(self, start: str | None = None, end: str | None = None) -> dict[str, NDArray]:
        """Run the layers `start` down to `end` backward (None: last, first).

        Adds to the diffs of the parameters.  Returns the diffs of the net's inputs (or of
        the bottoms of `end`) as live arrays.
        """
        stop = self._index(end, 0)
        self.run_backward(self._index(start, len(self.steps) - 1), stop)
        if end is None:
            return {name: self.blobs[name].diff for name in self.inputs}
        step = self.steps[stop]
        return {name: blob.diff for name, blob in zip(step.bottom_names, step.bottom)}

    @in_turn
    def run_forward(self, first: int = 0, last: int | None = None) -> float:
        """The bare forward pass over layer indices; returns the loss, a weighted sum."""
        if not self.steps:
            raise no_layers(self.definition.file)
        hooks = self.before_forward, self.after_forward
        self.loss = self._executor.forward(first, last, *hooks)
        return self.loss

    @in_turn
    def run_backward(self, first: int | None = None, last: int = 0) -> None:
        """The bare backward pass over layer indices, from `first` down to `last`."""
        self._executor.backward(first, last, self.before_backward, self.after_backward)

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
        once (None: as many as the input holds, 64 at least).  Images (N, C, H, W) may have another
        height and width than the input where the layers can take it, as those of fully
        convolutional nets can; else ShapeError.  output: a blob, or several,
        instead of the net's outputs.

        Returns an array (N, ...); a dict of them if there are several outputs.  The input
        has its own shape again afterwards.
        """
        return _predict.predict(
            self.graph, self.run_forward, self.reshape, inputs, batch_size, output
        )

    @in_turn
    def use(self, executor: Executor) -> None:
        """Have another executor make the passes: one of `protonet.engines`."""
        self._executor = executor

    @property
    def executed(self) -> list[Step]:
        """What a forward pass runs: all steps, or of an optimised net fewer, each at the position
        of the first layer whose work it does."""
        return [step for step in self._executor.steps if not step.idle]

    @property
    def extra_bytes(self) -> int:
        """Memory of an optimised net: of blobs that share it, and of folded weights."""
        return self._executor.extra_bytes

    @property
    def arena(self) -> Arena:
        """All learnable parameters as one flat array.  Asking for it moves them there."""
        return self._parameters.arena

    @in_turn
    def clear_param_diffs(self) -> None:
        self._parameters.clear_diffs()

    @in_turn
    def reshape(self) -> None:
        """Shape all blobs anew, after inputs were reshaped."""
        self._executor.reshape()

    @in_turn
    def release_memory(self) -> None:
        """Give back memory that larger inputs took: what blobs hold beyond their present
        shapes, what layers keep from pass to pass, and the scratch of all threads.

        Call it between passes, not between forward and backward.  Values stay; arrays that
        were got from blobs before are no live views of those that were larger once.  The
        scratch of threads also goes with the last net.
        """
        self.graph.shrink()
        scratch.release()

    # -- weights -------------------------------------------------------------------------

    @in_turn
    def copy_from(
        self,
        weights: PathLike | Sequence[LayerWeights],
        strict: bool = False,
        warn: bool = True,
    ) -> CopyReport:
        """Copy weights by layer name from a file; tells what was copied and what was not.

        A .caffemodel, binary or HDF5, an .npz or .safetensors of `save`.  Warns of layers that no
        file so far had weights for, and of weights that are NaN or infinite, unless `warn` is
        false.
        WeightsError if something does not fit (then nothing is copied); with `strict` also
        if a layer of either side finds no partner.
        """
        self._executor.refresh()
        return self._parameters.copy_from(weights, strict, warn)

    def share_trained_layers_with(self, other: Net) -> None:
        """Use the parameter values of `other` where layer names agree; one memory for both.

        ShapeError if the shapes of two layers of one name differ.
        """
        self._executor.refresh()
        self._parameters.share_by_name(other.graph)

    share_with = share_trained_layers_with

    @in_turn
    def reoptimize(self) -> None:
        """Read the weights of an optimised net anew in its next pass: for parameters that were
        written by hand, or that a net which shares them has learnt since."""
        self._executor.refresh()

    def to_proto(self) -> pb.NetParameter:
        """The NetParameter of the net as built: filtered, with splits, without weights."""
        return self._parameters.to_proto()

    def save(self, path: PathLike, hdf5: bool = False, diffs: bool = False) -> None:
        """Write the weights, in the form that the name's ending tells.

        .caffemodel, or no ending: a binary file that Caffe reads; .h5, or with `hdf5`: Caffe's
        HDF5; .npz of NumPy and .safetensors: arrays "conv1/0" (weights), "conv1/1" (bias);
        .onnx: a model, see `protonet.export.onnx`.
        diffs: write the gradients of the parameters too, in Caffe's own forms.  The old file
        stays until the new one is whole.  WeightsError for a name with another ending (.pt ...),
        and for two layers of one name where the form would lose one.
        """
        other = None if hdf5 or diffs else saver(path)
        if other is not None:
            other(self, path)
        else:
            self._parameters.save(path, hdf5, diffs)

    # -- help ----------------------------------------------------------------------------

    def _index(self, name: str | None, default: int) -> int:
        return default if name is None else self.graph.index_of(name)

    def _feed(self, name: str, values: ArrayLike) -> None:
        blob = self.graph.blob(name, f"the inputs are {', '.join(self.inputs)}")
        array = np.asarray(values)
        if array.shape != blob.shape:
            raise ShapeError(
                f"'{name}' was given {array.shape}, the blob is {blob.shape}",
                f"reshape it first: net.blobs['{name}'].reshape{array.shape}",
            )
        blob.data[...] = array


def _folder_of(root_only: bool | PathLike, source: Definition) -> Path | None:
    """The folder that paths may not leave; None if they may."""
    if isinstance(root_only, bool):
        return Path(source.root) if root_only else None
    return Path(root_only)


def no_layers(file: str | None) -> NetError:
    """Of a net that has none, where something was to be computed."""
    hint = "check phase, level and stages"
    return NetError("the net has no layers in this state", hint, file=file)
