"""Parameters: what a net learns: as one array, from files and into files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property

from numpy.typing import DTypeLike

from ..core.arena import Arena
from ..core.layer import Layer
from ..errors import ShapeError, WeightsError
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.stored import LayerWeights
from ..proto.weight_formats import HDF5, format_of, read_any, write_any
from .graph import Graph
from .weights import CopyReport, copy_weights, warn_not_finite

PathLike = str | os.PathLike


class Parameters:
    """The parameters of a graph.

    Files, and nets that share parameters, go by layer names: where two layers have one, it
    means the first, as in Caffe.
    """

    def __init__(self, graph: Graph, dtype: DTypeLike) -> None:
        self._graph, self._dtype = graph, dtype
        self._filled: set[str] = set()  # names of layers that weights were copied into

    @cached_property
    def arena(self) -> Arena:
        """All learnable parameters as one flat array.  Asking for it moves them there."""
        return Arena(self._graph.learnable, self._dtype)

    def clear_diffs(self) -> None:
        if "arena" in self.__dict__:
            self.arena.diff.fill(0)
            return
        for blob in self._graph.learnable:
            blob.diff.fill(0)

    def copy_from(
        self,
        weights: PathLike | Sequence[LayerWeights],
        strict: bool,
        warn: bool,
        read: Sequence[LayerWeights] | None = None,
    ) -> CopyReport:
        """See `Net.copy_from`.  read: the layers of the file, if it was read already."""
        items: Sequence[LayerWeights]
        if isinstance(weights, (str, os.PathLike)):
            source, items = os.fspath(weights), read or read_any(weights)
        else:
            source, items = "the given weights", weights
        steps = self._graph.first_by_name
        shared = {id(param.blob) for param in self._graph.sharers}
        try:
            report = copy_weights(
                {name: step.layer for name, step in steps.items()},
                items,
                source,
                strict,
                shared,
                keep=items is not weights,
            )
        except WeightsError as error:
            step = None if error.layer is None else steps.get(error.layer)
            raise (step.locate(error) if step else error) from None
        for name in report.unused:
            log.info("Ignoring source layer %s", name)
        self._filled.update(report.copied)
        missing = [name for name in report.missing if name not in self._filled]
        if missing and warn:
            log.warning("%s has no weights for %s: left as initialised", source, ", ".join(missing))
        if warn:
            warn_not_finite(source, report.not_finite)
        return report

    def share_by_name(self, other: Graph) -> None:
        """See `Net.share_trained_layers_with`."""
        pairs = []
        for source in other.steps:
            step = self._graph.first_by_name.get(source.layer.name)
            if step is None:
                continue
            here, there = ([blob.shape for blob in s.layer.blobs] for s in (step, source))
            if here != there:
                raise step.locate(
                    ShapeError(
                        f"parameters are {here} here and {there} in the other net",
                        "make the two definitions agree",
                    )
                )
            pairs.append((step.layer, source.layer))
        self._share(pairs)

    def share_by_position(self, other: Graph) -> None:
        """Use the values of `other`, a graph of the same definition."""
        self._share([(a.layer, b.layer) for a, b in zip(self._graph.steps, other.steps)])

    def _share(self, pairs: Sequence[tuple[Layer, Layer]]) -> None:
        for layer, other in pairs:
            for blob, shared in zip(layer.blobs, other.blobs):
                blob.share_data(shared)
        used = {id(param.blob.data_memory) for param in self._graph.params}
        for layer, _ in pairs:
            layer.drop_fillers(used)

    def to_proto(self) -> pb.NetParameter:
        """See `Net.to_proto`."""
        message = pb.NetParameter()
        message.CopyFrom(self._graph.definition.message)
        del message.layer[:]
        message.layer.extend(step.layer.param for step in self._graph.steps)
        return message

    def save(self, path: PathLike, hdf5: bool, diffs: bool) -> None:
        """See `Net.save`."""
        form = format_of(path)
        if hdf5:
            if not form.caffe:
                what = "HDF5 is not written under this name"
                raise WeightsError(what, "name the file .h5", file=os.fspath(path))
            form = HDF5
        layers = [step.layer for step in self._graph.steps]
        filled = {i: layer.blobs for i, layer in enumerate(layers) if layer.blobs}
        data = {i: [blob.data for blob in blobs] for i, blobs in filled.items()}
        diff = {i: [blob.diff for blob in blobs] for i, blobs in filled.items()} if diffs else None
        shared = {(param.step.index, param.index) for param in self._graph.sharers}
        write_any(path, self.to_proto(), data, shared, diff, form)
