"""Layers that data come in by, or leave by; the files are written on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.annotated.scene import write_record
from ...data.datum import encode_datum
from ...data.images import encode_image
from ...data.sources.lmdb import LmdbWriter
from ...layers.python import PythonLayer
from ...proto import caffe_pb2 as pb
from ...proto.hdf5_file import h5py_module
from ..worked import Example
from .values import of, one

_IMAGES = np.array([[[0, 50], [100, 150]], [[7, 8], [9, 10]]], np.uint8)


def _store(folder: Path, records: list[bytes]) -> None:
    with LmdbWriter(folder / "store", force=True) as writer:
        for i, record in enumerate(records):
            writer.put(b"%08d" % i, record)


def _datums(folder: Path) -> None:
    _store(folder, [encode_datum(image[None], 3 + i) for i, image in enumerate(_IMAGES)])


def _annotated(folder: Path) -> None:
    datum = pb.Datum()
    datum.ParseFromString(encode_datum(_IMAGES[:1], 0))
    _store(folder, [write_record(datum, np.array([[5, 0, 0.5, 0.0, 1.0, 0.5, 0]]))])


def _picture(path: Path, values: NDArray) -> None:
    path.write_bytes(encode_image(values, "png").tobytes())


def _pictures(folder: Path) -> None:
    for i, image in enumerate(_IMAGES):
        _picture(folder / f"{'ab'[i]}.png", image)
    (folder / "list.txt").write_text("a.png 3\nb.png 4\n")


def _pairs(folder: Path) -> None:
    _picture(folder / "a.png", np.repeat(_IMAGES[0, :, :, None], 3, axis=2))
    _picture(folder / "a_labels.png", np.array([[0, 1], [1, 2]], np.uint8))
    (folder / "list.txt").write_text("a.png a_labels.png\n")


def _edges(folder: Path) -> None:
    _picture(folder / "a.png", np.repeat(_IMAGES[0, :, :, None], 3, axis=2))
    _picture(folder / "edges.png", np.array([[0, 255], [255, 0]], np.uint8))
    (folder / "list.txt").write_text("a.png edges.png\n")


def _windows(folder: Path) -> None:
    image = np.repeat(np.arange(16, dtype=np.uint8).reshape(4, 4, 1), 3, axis=2)
    _picture(folder / "a.png", image)
    (folder / "windows.txt").write_text(f"# 0\n{folder / 'a.png'}\n3\n4\n4\n1\n5 1 1 1 2 2\n")


def _rows(folder: Path) -> None:
    with h5py_module("the example of HDF5Data").File(folder / "rows.h5", "w") as file:
        file["t0"] = np.array([[1.0, 2], [3, 4], [5, 6]])
        file["t1"] = np.array([[0.0], [1], [2]])
    (folder / "list.txt").write_text("rows.h5\n")


def _written(layer: Any, folder: Path) -> str:
    with h5py_module("the example of HDF5Output").File(layer._name, "r") as file:
        shapes = [f"{name} {file[name].shape}" for name in ("data", "label")]
    return f"out.h5 holds the data sets {' and '.join(shapes)}."


class Double(PythonLayer):
    """y = 2 x: a layer as users write them."""

    def reshape(self, bottom: Any, top: Any) -> None:
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Any, top: Any) -> None:
        top[0].data[...] = 2 * bottom[0].data

    def backward(self, top: Any, propagate_down: Any, bottom: Any) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = 2 * top[0].diff


_READ = 'source: "list.txt" batch_size: 1'
_PAIR = "a picture of 2x2 and the labels of its pixels"

EXAMPLES = {
    "Input": one(of("Input", "input_param { shape { dim: 1 dim: 2 } }"), title="to be filled"),
    "DummyData": one(
        of("DummyData", "dummy_data_param { shape { dim: 2 dim: 3 } data_filler { value: 2 } }")
    ),
    "Parameter": one(
        of("Parameter", "parameter_param { shape { dim: 2 dim: 2 } }"), blobs=[[1, 2, 3, 4]]
    ),
    "MemoryData": one(
        of("MemoryData", "memory_data_param { batch_size: 2 channels: 1 height: 1 width: 2 }"),
        tops=2,
        ready=lambda layer: layer.set_input_arrays([[[[1, 2]]], [[[3, 4]]]], [7, 8]),
        title="what set_input_arrays was given",
    ),
    "Data": one(
        of(
            "Data",
            'data_param { source: "store" batch_size: 2 backend: LMDB } '
            "transform_param { scale: 0.01 mean_value: 50 }",
        ),
        tops=2,
        before=_datums,
        title="two images of 2x2 from an LMDB, less 50, times 0.01",
    ),
    "AnnotatedData": one(
        of("AnnotatedData", 'data_param { source: "store" batch_size: 1 backend: LMDB }'),
        tops=2,
        before=_annotated,
        title="an image of 2x2 with one box; rows: image, class, number, box, difficult",
    ),
    "ImageData": one(
        of("ImageData", 'image_data_param { source: "list.txt" batch_size: 2 is_color: false }'),
        tops=2,
        before=_pictures,
        title="two grey pictures of a list, with their labels",
    ),
    "WindowData": one(
        of(
            "WindowData",
            'window_data_param { source: "windows.txt" batch_size: 1 fg_fraction: 1 } '
            "transform_param { crop_size: 2 }",
        ),
        tops=2,
        before=_windows,
        title="the window (1, 1) to (2, 2) of a picture that counts its pixels",
    ),
    "HDF5Data": one(
        of("HDF5Data", f"hdf5_data_param {{ {_READ.replace('1', '2')} }}"),
        tops=2,
        before=_rows,
        title="the first two of three rows",
    ),
    "HDF5Output": (
        Example(
            of("HDF5Output", 'hdf5_output_param { file_name: "ROOT/out.h5" }'),
            "two items go into a file",
            [[[1, 2], [3, 4]], [[0], [1]]],
            tops=0,
            after=_written,
        ),
    ),
    "ImageLabelmapData": one(
        of("ImageLabelmapData", f"image_data_param {{ {_READ} }}"),
        tops=2,
        before=_edges,
        title="a picture of 2x2 and which of its pixels are edges",
    ),
    "ImageSegData": one(
        of("ImageSegData", f"image_data_param {{ {_READ} label_type: PIXEL }}"),
        tops=2,
        before=_pairs,
        title=_PAIR,
    ),
    "DenseImageData": one(
        of("DenseImageData", f"dense_image_data_param {{ {_READ} }}"),
        tops=2,
        before=_pairs,
        title=_PAIR,
    ),
    "Python": one(
        of("Python", f'python_param {{ module: "{__name__}" layer: "Double" }}'),
        [[1, 2, 3]],
        title="a class of three methods: twice as much",
    ),
}
