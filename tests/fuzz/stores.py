"""Good files of each format, made once, for the targets to damage."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from protonet.data.datum import encode_datum
from protonet.data.sources import create_store

from . import mutate

#: Everything that was made lies there until the process ends; small.
Maker = Callable[[Path], object]


@cache
def made(maker: Maker) -> dict[str, bytes]:
    """Name -> content of the files that `maker` writes into a folder."""
    folder = Path(mkdtemp(prefix="protonet-fuzz-"))
    try:
        maker(folder)
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    finally:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()


def damaged(rng: random.Random, folder: Path, maker: Maker, only: str = "") -> Path:
    """The files of `maker` in `folder`, one of them (whose name has `only` in it) damaged."""
    files = made(maker)
    victim = rng.choice([name for name in files if only in name and files[name]])
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        if str(old.relative_to(folder)) not in files:
            old.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mutate.octets(rng, content) if name == victim else content)
    return folder / victim


def lmdb(folder: Path) -> None:
    _store(folder / "db", "LMDB")


def leveldb(folder: Path) -> None:
    _store(folder / "db", "LEVELDB")


def _store(path: Path, backend: str) -> None:
    with create_store(path, backend) as out:
        for i in range(60):
            size = 3000 if i == 7 else 20  # one on pages of its own
            pixels = np.arange(size, dtype=np.uint8).reshape(1, 4, -1)
            out.put(f"{i:08d}".encode(), encode_datum(pixels, i % 10))


def hdf5_data(folder: Path) -> None:
    import h5py

    with h5py.File(folder / "data.h5", "w", libver="earliest") as file:
        file["x"], file["group/y"] = np.ones((4, 3), np.float32), np.zeros(4)
        file.create_dataset("z", (4, 64), "f4", chunks=(2, 64), compression="gzip", fletcher32=True)


def pictures(folder: Path) -> None:
    import cv2

    pixels = np.random.default_rng(1).integers(0, 255, (24, 40, 3), np.uint8)
    for kind in ("png", "jpg", "bmp", "gif", "tiff", "webp", "ppm", "ras"):
        cv2.imwrite(str(folder / f"picture.{kind}"), pixels)


def onnx_model(folder: Path) -> None:
    import onnx
    from onnx import helper, numpy_helper

    weights = numpy_helper.from_array(np.ones((2, 3, 3, 3), np.float32), "w")
    shape = numpy_helper.from_array(np.array([0, -1], np.int64), "s")
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], name="c", kernel_shape=[3, 3], pads=[1] * 4),
        helper.make_node("Relu", ["c"], ["r"], name="r"),
        helper.make_node("MaxPool", ["r"], ["p"], name="p", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Reshape", ["p", "s"], ["y"], name="f"),
    ]
    given = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])
    made = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 32])
    graph = helper.make_graph(nodes, "g", [given], [made], [weights, shape])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, folder / "model.onnx")
