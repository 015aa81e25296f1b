"""Net as pycaffe has it, around protonet's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core import named
from ..core.blob import Blob
from ..core.named import Named
from ..errors import NetError, ProtonetError, PrototxtError, ShapeError, did_you_mean
from ..layers.memory_data import MemoryData
from ..layers.python import Python
from ..log import log
from ..net import net as native
from ..net.build import AUTOMATIC
from ..net.turn import Turn, in_turn
from ..net.weights import CopyReport
from . import settings
from .vectors import BlobVec, DtypeVec, IntVec, LayerVec, StringVec

PathLike = str | os.PathLike

#: Methods that a net had until Caffe 0.9999 (2014) -> what is written since.
_SINCE_2014 = {
    "set_phase_test": "give the phase to the net: caffe.Net(file, caffe.TEST)",
    "set_phase_train": "give the phase to the net: caffe.Net(file, caffe.TRAIN)",
    "set_mode_cpu": "write caffe.set_mode_cpu()",
    "set_mode_gpu": "write caffe.set_mode_gpu()",
    "set_device": "write caffe.set_device(id)",
    **dict.fromkeys(
        ["set_mean", "set_input_scale", "set_raw_scale", "set_channel_swap", "preprocess"],
        "it is a method of caffe.io.Transformer now",
    ),
}
Arrays = Mapping[str, Any]


class Net:
    """A net, with the names and habits of pycaffe.

    network_file: path of a prototxt (or its text, or a NetParameter).  phase: TRAIN or TEST.
    level, stages: what include and exclude rules look at.  weights: a file to copy from.
    fork: whose layer a type means that several forks have, as for `protonet.Net`;
    rcnn_config likewise.

    The old order Net(file, weights, phase) works, with a warning.  Python layers may import
    their modules.  `native` is the `protonet.Net` inside.
    """

    def __init__(
        self,
        network_file: PathLike | Any,
        phase: int | PathLike,
        level: int | None = None,
        stages: Sequence[str] | None = None,
        weights: PathLike | None = None,
        fork: str = "",
        rcnn_config: Mapping[str, Any] | str | os.PathLike | None = None,
    ) -> None:
        if isinstance(phase, (str, os.PathLike)):
            if level is None:
                raise TypeError("the phase is missing: Net(file, phase, weights=...)")
            weights, phase, level = phase, level, 0
            log.warning(
                "Net(file, weights, phase) is deprecated: write Net(%r, %d, weights=%r)",
                str(network_file),
                phase,
                str(weights),
                stacklevel=2,
            )
        for path in (network_file, weights):
            _check_file(path)
        self._wrap(
            native.Net(
                network_file,
                weights,
                int(phase),
                level=level or 0,
                stages=stages or (),
                seed=settings.next_seed(),
                allow_python=True,
                fork=fork,
                rcnn_config=rcnn_config,
                rank=settings.solver_rank(),
                size=settings.solver_count(),
            )
        )

    def __getattr__(self, name: str) -> Any:
        hint = _SINCE_2014.get(name)
        raise AttributeError(f"a net has no '{name}'" + (f": {hint}" if hint else ""))

    def _wrap(self, net: native.Net) -> None:
        self._native = net
        self._told_of_zeros = False

    @classmethod
    def of(cls, net: native.Net) -> Net:
        """The face of a net that exists already: a solver's."""
        face = cls.__new__(cls)
        face._wrap(net)
        return face

    @property
    def native(self) -> native.Net:
        return self._native

    @property
    def turn(self) -> Turn:
        """Held by the thread that the net computes for."""
        return self._native.turn

    def clone(self) -> Net:
        """A net for another thread, on the same weights: see `protonet.Net.clone`."""
        return Net.of(self._native.clone())

    @property
    def name(self) -> str:
        return self._native.name

    # -- structure -----------------------------------------------------------------------

    @cached_property
    def blobs(self) -> Named[Blob]:
        """Blobs by name, from input to output; those of Split layers too."""
        return self._native.blobs

    @cached_property
    def layers(self) -> LayerVec:
        """The layers; of a Python layer the user's own object."""
        return LayerVec(x.user if isinstance(x, Python) else x for x in self._native.layers)

    @cached_property
    def layer_dict(self) -> Named[Any]:
        return named.layers(zip(self._layer_names, self.layers))

    @cached_property
    def params(self) -> Named[BlobVec]:
        """Parameters by layer: [weights, bias, ...]; layers without any are left out."""
        return named.params(
            (name, BlobVec(layer.blobs))
            for name, layer in zip(self._layer_names, self._native.layers)
            if layer.blobs
        )

    @cached_property
    def blob_loss_weights(self) -> Named[float]:
        return Named(self._native.blob_loss_weights, "loss weight")

    @cached_property
    def top_names(self) -> Named[list[str]]:
        return self._by_layer(self._native.tops)

    @cached_property
    def bottom_names(self) -> Named[list[str]]:
        return self._by_layer(self._native.bottoms)

    @property
    def inputs(self) -> list[str]:
        return list(self._native.inputs)

    @property
    def outputs(self) -> list[str]:
        """Blobs that no layer reads, in alphabetical order as in Caffe."""
        return list(self._native.outputs)

    def _by_layer(self, blobs: Iterable[Iterable[Blob]]) -> Named[list[str]]:
        return named.layers(
            (layer, [self._name_of(blob) for blob in group])
            for layer, group in zip(self._layer_names, blobs)
        )

    @cached_property
    def _names(self) -> dict[int, str]:
        return {id(blob): name for name, blob in self._native.blobs.items()}

    def _name_of(self, blob: Blob) -> str:
        """By identity: layers may share a name.  Tops that losses make on their own all have
        one, so that only the last of them is among the blobs."""
        return self._names.get(id(blob), AUTOMATIC)

    @property
    def _blob_names(self) -> StringVec:
        return StringVec(self._native.blobs)

    @property
    def _blobs(self) -> BlobVec:
        return BlobVec(self._native.blobs.values())

    @property
    def _layer_names(self) -> StringVec:
        return StringVec(self._native.layer_names)

    @property
    def _blob_loss_weights(self) -> DtypeVec:
        return DtypeVec(self.blob_loss_weights.values())

    @property
    def _inputs(self) -> IntVec:
        return IntVec(self._blob_names.index(name) for name in self.inputs)

    @property
    def _outputs(self) -> IntVec:
        return IntVec(self._blob_names.index(name) for name in self.outputs)

    def _top_ids(self, layer: int) -> IntVec:
        return self._indices(self._native.tops[layer])

    def _bottom_ids(self, layer: int) -> IntVec:
        return self._indices(self._native.bottoms[layer])

    def _indices(self, blobs: Iterable[Blob]) -> IntVec:
        names = self._blob_names
        return IntVec(names.index(self._name_of(blob)) for blob in blobs)

    # -- running -------------------------------------------------------------------------

    @in_turn
    def forward(
        self,
        blobs: Sequence[str] | None = None,
        start: str | None = None,
        end: str | None = None,
        **inputs: Any,
    ) -> dict[str, NDArray]:
        """Run the layers `start` to `end`, both included (None: first, last).

        inputs: an array for each input of the net, or none at all.
        Returns the outputs (the tops of `end`) and the named `blobs`, as live arrays: the
        next pass overwrites them.
        """
        self._fill(inputs, self.inputs, "data")
        last = self._index(end, len(self.layers) - 1)
        self._forward(self._index(start, 0), last)
        tops = None if end is None else self._native.tops[last]
        found = self._with_names(tops, self.outputs, blobs)
        return {name: blob.data for name, blob in found.items()}

    @in_turn
    def backward(
        self,
        diffs: Sequence[str] | None = None,
        start: str | None = None,
        end: str | None = None,
        **outputs: Any,
    ) -> dict[str, NDArray]:
        """Run the layers `start` down to `end` backward (None: last, first).

        outputs: a diff for each output of the net, or none: then losses start it.
        Returns the diffs of the inputs (the bottoms of `end`) and of the blobs named in
        `diffs`, as live arrays.  Diffs of parameters are added to.
        """
        self._fill(outputs, self.outputs, "diff")
        last = self._index(end, 0)
        self._backward(self._index(start, len(self.layers) - 1), last)
        bottoms = None if end is None else self._native.bottoms[last]
        found = self._with_names(bottoms, self.inputs, diffs)
        if outputs or diffs or not any(self.blob_loss_weights.values()):
            self._tell_of_zeros(found)  # else it is training, which needs no such gradients
        return {name: blob.diff for name, blob in found.items()}

    def _with_names(
        self, blobs: Iterable[Blob] | None, default: Iterable[str], others: Iterable[str] | None
    ) -> dict[str, Blob]:
        """Blobs by their names, or if there are none those named by default; and `others`."""
        found = {name: self._blob(name) for name in default}
        if blobs is not None:
            found = {self._name_of(blob): blob for blob in blobs}
        return {**found, **{name: self._blob(name) for name in others or ()}}

    def _tell_of_zeros(self, blobs: Mapping[str, Blob]) -> None:
        """Warn, once a net, of gradients that are asked for and that no layer computes."""
        skipped = [name for name, blob in blobs.items() if self._skipped(blob)]
        if not skipped or self._told_of_zeros:
            return
        self._told_of_zeros = True
        log.warning(
            "the net does not compute the gradient of %s, which stays zero: write "
            "force_backward: true into the prototxt",
            " and ".join(f"'{name}'" for name in skipped),
            stacklevel=4,
        )

    def _skipped(self, blob: Blob) -> bool:
        """Does no layer write this blob's diff, though force_backward would have one do so?"""
        readers = [
            (layer.accepts_gradient(i), into[i])
            for layer, bottoms, into in zip(
                self._native.layers, self._native.bottoms, self._native.bottom_needs_backward
            )
            for i, bottom in enumerate(bottoms)
            if bottom is blob
        ]
        return any(may for may, _ in readers) and not any(does for _, does in readers)

    @in_turn
    def forward_all(self, blobs: Sequence[str] | None = None, **inputs: Any) -> dict[str, NDArray]:
        """Run any number of items forward, batch by batch; like `forward` with copies."""
        results, _ = self._run_all(blobs, None, inputs, {}, backward=False)
        return results

    @in_turn
    def forward_backward_all(
        self,
        blobs: Sequence[str] | None = None,
        diffs: Sequence[str] | None = None,
        **arrays: Any,
    ) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Run any number of items forward and backward, batch by batch.

        arrays: inputs, and diffs of outputs.  Returns what `forward` and `backward` would.
        """
        known = {*self.inputs, *self.outputs}
        for name in arrays:
            if name not in known:
                hint = did_you_mean(name, known) or f"they are {', '.join(sorted(known))}"
                raise NetError(f"'{name}' is no input or output of the net", hint)
        inputs, outputs = (
            {name: arrays[name] for name in names if name in arrays}
            for names in (self.inputs, self.outputs)
        )
        return self._run_all(blobs, diffs, inputs, outputs, backward=True)

    def _run_all(
        self,
        blobs: Sequence[str] | None,
        diffs: Sequence[str] | None,
        inputs: Arrays,
        outputs: Arrays,
        backward: bool,
    ) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        if not inputs and not outputs:
            raise NetError("no arrays are given", f"give one for each of {self.inputs}")
        counts = {name: len(array) for name, array in (*inputs.items(), *outputs.items())}
        if len(set(counts.values())) > 1:
            listed = ", ".join(f"{count} of '{name}'" for name, count in counts.items())
            raise ShapeError("all arrays must have as many items", f"there are {listed}")
        count = next(iter(counts.values()))
        gathered: tuple[dict[str, list[NDArray]], ...] = ({}, {})
        nothing: dict[str, Any] = {}
        batches = zip_longest(self._batch(inputs), self._batch(outputs), fillvalue=nothing)
        for ahead, back in batches:
            done = [self.forward(blobs=blobs, **ahead)]
            if backward:
                done.append(self.backward(diffs=diffs, **back))
            for parts, found in zip(gathered, done):
                for name, array in found.items():
                    parts.setdefault(name, []).append(array.copy())
        first, second = ({n: _join(p, count) for n, p in parts.items()} for parts in gathered)
        return first, second

    def _batch(self, blobs: Arrays) -> Iterator[dict[str, Any]]:
        """Cut arrays into batches; the last one is filled up with zeros."""
        if not blobs:
            return
        size = next(iter(self.blobs.values())).shape[0]
        count = len(next(iter(blobs.values())))
        for start in range(0, count, size):
            batch = {name: values[start : start + size] for name, values in blobs.items()}
            missing = start + size - count
            if missing > 0:
                batch = {name: _fill_up(np.asarray(x), missing) for name, x in batch.items()}
            yield batch

    def _forward(self, start: int, end: int) -> float:
        """Run layers by index; returns the loss."""
        return self._native.run_forward(start, end)

    def _backward(self, start: int, end: int) -> None:
        self._native.run_backward(start, end)

    def _fill(self, arrays: Arrays, names: Sequence[str], part: str) -> None:
        if not arrays:
            return
        if set(arrays) != set(names):
            kind = "inputs" if part == "data" else "outputs"
            raise NetError(
                f"the given arrays {', '.join(arrays)} are not the net's {kind}",
                f"give each of {', '.join(names)}" if names else f"it has no {kind}",
            )
        for name, values in arrays.items():
            target = getattr(self.blobs[name], part)
            array = np.asarray(values)
            if array.shape[:1] != target.shape[:1]:
                raise ShapeError(
                    f"'{name}' is given {array.shape}, the blob is {target.shape}",
                    "reshape the blob first, or use forward_all",
                )
            try:
                target[...] = array
            except ValueError:
                raise ShapeError(
                    f"'{name}' is given {array.shape}, the blob is {target.shape}",
                    f"reshape the blob first: net.blobs['{name}'].reshape(...)",
                ) from None

    def _index(self, name: str | None, default: int) -> int:
        if name is None:
            return default
        if name not in self._layer_names:
            raise NetError(f"no layer named '{name}'", did_you_mean(name, self._layer_names))
        return self._layer_names.index(name)

    def _blob(self, name: str) -> Blob:
        if name not in self.blobs:
            raise NetError(f"no blob named '{name}'", did_you_mean(name, self.blobs))
        return self.blobs[name]

    def reshape(self) -> None:
        """Shape all blobs anew after inputs were reshaped; `forward` does it as well."""
        self._native.reshape()

    def clear_param_diffs(self) -> None:
        self._native.clear_param_diffs()

    def set_input_arrays(self, data: NDArray, labels: NDArray) -> None:
        """Have a first layer MemoryData read from these arrays: float32, C-contiguous, kept
        and not copied.  data: (N, C, H, W), N a multiple of the batch size; labels: (N)."""
        for name, array in (("data", data), ("labels", labels)):
            if not isinstance(array, np.ndarray):
                kind = type(array).__name__
                raise TypeError(f"{name} must be an array, not a {kind}: use numpy.float32(...)")
        if labels.ndim == 1:
            labels = np.ascontiguousarray(labels[:, np.newaxis, np.newaxis, np.newaxis])
        self._set_input_arrays(data, labels)

    def _set_input_arrays(self, data: NDArray, labels: NDArray) -> None:
        layer = self._native.layers[0] if self._native.layers else None
        if not isinstance(layer, MemoryData):
            raise NetError(
                "set_input_arrays may only be called if the first layer is MemoryData",
                f"it is {layer.type}" if layer else "the net has no layers",
            )
        _check_array("data array", data, self._native.tops[0][0].shape[1:])
        _check_array("labels array", labels, (1, 1, 1))
        if len(data) != len(labels):
            raise ShapeError(
                "data and labels must have the same first dimension",
                f"they have {len(data)} and {len(labels)}",
            )
        if len(data) % layer.batch_size:
            raise ShapeError(
                "first dimensions of input arrays must be a multiple of batch size",
                f"{len(data)} is none of {layer.batch_size}",
            )
        layer.set_input_arrays(data, labels)

    def predict(self, inputs: ArrayLike | Arrays, **options: Any) -> Any:
        """One call for any number of images: see `protonet.Net.predict`."""
        return self._native.predict(inputs, **options)

    # -- hooks ---------------------------------------------------------------------------

    def before_forward(self, fn: Callable[[int], Any]) -> None:
        """Have `fn` called before each layer's forward pass, with the layer's index."""
        self._native.before_forward.append(fn)

    def after_forward(self, fn: Callable[[int], Any]) -> None:
        self._native.after_forward.append(fn)

    def before_backward(self, fn: Callable[[int], Any]) -> None:
        self._native.before_backward.append(fn)

    def after_backward(self, fn: Callable[[int], Any]) -> None:
        self._native.after_backward.append(fn)

    # -- weights -------------------------------------------------------------------------

    def copy_from(self, weights_file: PathLike) -> CopyReport:
        """Copy weights by layer name from a .caffemodel or HDF5 file; tells what fitted."""
        _check_file(weights_file)
        return self._native.copy_from(weights_file)

    def share_with(self, other: Net) -> None:
        """Use the parameters of `other` where layer names agree: one memory for both."""
        self._native.share_trained_layers_with(other.native)

    def save(self, filename: PathLike) -> None:
        """Write a .caffemodel."""
        self._native.save(filename)

    def save_hdf5(self, filename: PathLike) -> None:
        self._native.save(filename, hdf5=True)

    def load_hdf5(self, filename: PathLike) -> None:
        self.copy_from(filename)

    def __repr__(self) -> str:
        return repr(self._native)

    def _repr_html_(self) -> str:
        return self._native._repr_html_()


def _check_file(path: Any) -> None:
    """Say that a file cannot be opened, in the words that scripts look for."""
    if not isinstance(path, (str, os.PathLike)) or set(os.fspath(path)) & {"\n", "{"}:
        return  # a message, or a text
    if not os.path.isfile(path):
        folder, name = os.path.split(os.path.abspath(path))
        near = did_you_mean(name, os.listdir(folder)) if os.path.isdir(folder) else ""
        raise PrototxtError(f"Could not open file {os.fspath(path)}", near)


def _check_array(name: str, array: NDArray, shape: tuple[int, ...]) -> None:
    if not array.flags.c_contiguous:
        raise ShapeError(f"{name} must be C contiguous", "use numpy.ascontiguousarray")
    if array.ndim != 4:
        raise ShapeError(f"{name} must be 4-d", f"it is {array.shape}")
    if array.dtype != np.float32:
        raise ProtonetError(f"{name} must be float32", f"it is {array.dtype}")
    for what, wanted, given in zip(
        ("number of channels", "height", "width"), shape, array.shape[1:]
    ):
        if wanted != given:
            raise ShapeError(f"{name} has wrong {what}", f"it has {given}, the net {wanted}")


def _fill_up(values: NDArray, missing: int) -> NDArray:
    return np.concatenate([values, np.zeros((missing, *values.shape[1:]), values.dtype)])


def _join(parts: list[NDArray], count: int) -> NDArray:
    """One array of all batches, without what was filled up.  Outputs that have no batch
    axis, such as a loss, are lined up."""
    if not parts[0].ndim:
        return np.array(parts)
    joined = np.concatenate(parts)
    added = len(joined) - count
    return joined[:count] if 0 < added < len(parts[-1]) else joined
