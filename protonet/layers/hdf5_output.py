"""HDF5Output: writes two blobs into an HDF5 file."""

from __future__ import annotations

from pathlib import Path

from ..core.blob import Blob
from ..core.layer import Blobs, Layer, exactly
from ..core.registry import register
from ..errors import DataError, ShapeError
from ..files import atomic_path
from ..proto.hdf5_file import h5py_module
from ..proto.octets import file_name


@register
class HDF5Output(Layer):
    """Writes one forward pass into a file: data sets `data` and `label`, of four axes each.

    bottom[0], bottom[1] (N, ...) -> no top.

    hdf5_output_param: file_name; a file of that name is replaced.  A second forward pass is
    an error, as in Caffe.  Needs the package h5py.
    """

    type = "HDF5Output"
    messages = ("hdf5_output_param",)
    bottoms = exactly(2)
    tops = exactly(0)
    has_backward = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._name = file_name(self.param.hdf5_output_param.file_name)
        if not self._name:
            raise self.fault(
                "file_name is missing", "add file_name to hdf5_output_param", "file_name"
            )
        self.context.permit(Path(self._name), "hdf5_output_param.file_name")
        h5py_module("HDF5Output")
        self._written = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        for blob in bottom:
            _four_axes(blob)
        if bottom[0].num != bottom[1].num:
            raise ShapeError(
                f"data and label differ in their number of items: {shapes[0]} and {shapes[1]}"
            )

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self._written:
            raise DataError(
                f"'{self._name}' holds a forward pass already",
                "run the net once, or build it anew",
                field="hdf5_output_param",
            )
        h5py = h5py_module("HDF5Output")
        with atomic_path(self._name) as path, h5py.File(path, "w", locking=False) as file:
            for name, blob in zip(("data", "label"), bottom):
                file[name] = blob.data.reshape(_four_axes(blob))
        self._written = True


def _four_axes(blob: Blob) -> tuple[int, int, int, int]:
    return blob.num, blob.channels, blob.height, blob.width
