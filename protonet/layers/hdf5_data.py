"""HDF5Data: named arrays from HDF5 files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from ..core.layer import Blobs, Layer, at_least, exactly
from ..core.ranges import Range
from ..core.registry import register
from ..data.hdf5 import Hdf5Rows, read_file_list
from ..data.lookup import find_source
from ..errors import DataError, ProtonetError
from ._unopened import reshape_all, told_shapes


@register
class HDF5Data(Layer):
    """Reads rows of HDF5 files, file after file, round and round.

    no bottom -> top[i] (batch_size, ...): batch_size rows of the data set that is named as
    the top.  Integers and doubles become the net's floats.

    hdf5_data_param: source, a text file with the names of HDF5 files; batch_size; shuffle,
    files in each pass and rows within each file.  transform_param is refused.
    Needs the package h5py.
    """

    type = "HDF5Data"
    messages = ("hdf5_data_param", "transform_param")
    ranges: ClassVar = {"batch_size": Range(1, required=True)}
    bottoms = exactly(0)
    tops = at_least(1)
    has_backward = False
    shared_out = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.hdf5_data_param
        if self.param.HasField("transform_param"):
            raise self.fault(
                "HDF5Data does not transform its data", "remove transform_param", "transform_param"
            )
        self._rows: Hdf5Rows | None = None
        try:
            if not self.context.open_data and self.context.shapes.keys() >= {*self.param.top}:
                raise DataError("its data were not opened, since its shapes are given")
            self._rows = self._open(param)
            self.records = self._rows.records
            shapes = [(param.batch_size, *shape) for shape in self._rows.shapes]
        except ProtonetError as error:
            # An extra that is missing is no kind of its own.
            if self.context.open_data or type(error) not in (DataError, ProtonetError):
                raise
            shapes = told_shapes(self, [(param.batch_size, "...")] * len(top), error)
            self._missing = error
        reshape_all(top, shapes)

    def _open(self, param: Any) -> Hdf5Rows:
        source = self._source(param.source)
        paths = [self._find(name, source) for name in read_file_list(source)]
        seed = self._seed if param.shuffle else None
        return Hdf5Rows(
            paths, list(self.param.top), self.dtype, seed, *self.context.share(param.batch_size)
        )

    @property
    def _opened(self) -> Hdf5Rows:
        if self._rows is None:
            raise self._missing
        return self._rows

    def _find(self, name: str, source: Path) -> Path:
        """A listed file: as given, beside the model file, or beside the list."""
        beside = source.parent / name
        if beside.exists() and not Path(name).exists():
            return self.context.permit(beside)
        return self._source(name)

    def _source(self, name: str) -> Path:
        root, confine = self.context.root, self.context.confine
        return find_source(name, root, "hdf5_data_param.source", confine)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """The shapes are known from the first file."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._opened.take([blob.data for blob in top])

    def state(self) -> dict[str, Any]:
        """Where the layer stands in its stream, for a snapshot: plain values."""
        return self._opened.state()

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._opened.set_state(state)
