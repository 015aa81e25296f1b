"""A program for several processes: reads what is dealt out to each, and tells it as JSON.

    mpirun -n 3 python -m tests.parallel.dealing FOLDER

In the folder lies what `make_data` made.  The first process prints {case: labels by rank}; of each
record the label is a number of its own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np

from protonet import Net
from protonet.data.sources import create_store
from protonet.parallel.world import open_world
from protonet.proto import caffe_pb2 as pb

#: Records, of which a batch of each of three processes takes two: a pass ends within a batch.
RECORDS, BATCH, BATCHES = 7, 2, 5

#: How each type is asked for records of `source`, and shuffled.
SOURCES = {
    "Data": 'data_param {{ source: "{source}" batch_size: {batch} backend: LMDB {more} }}',
    "AnnotatedData": 'data_param {{ source: "{source}" batch_size: {batch} backend: LMDB {more} }}',
    "ImageData": 'image_data_param {{ source: "{source}" batch_size: {batch} {more} }}',
    "HDF5Data": 'hdf5_data_param {{ source: "{source}" batch_size: {batch} {more} }}',
}
WINDOWS = """layer { name: "d" type: "WindowData" top: "x" top: "y" transform_param { crop_size: 4 }
  window_data_param { source: "windows" batch_size: 8 fg_fraction: 1 } }"""


def make_data(folder: Path, records: int, name: str) -> None:
    """The same records for each type, of label 0, 1, 2 ..."""
    pictures = [np.full((8, 8, 3), 10 * i, np.uint8) for i in range(records)]
    for i, picture in enumerate(pictures):
        cv2.imwrite(str(folder / f"{name}{i}.png"), picture)
    lines = [f"{folder}/{name}{i}.png {i}" for i in range(records)]
    (folder / f"{name}ImageData").write_text("\n".join(lines) + "\n")
    with h5py.File(folder / f"{name}.h5", "w") as file:
        file["x"], file["y"] = np.zeros((records, 2)), np.arange(records)
    (folder / f"{name}HDF5Data").write_text(f"{folder}/{name}.h5\n")
    for kind in ("Data", "AnnotatedData"):
        with create_store(folder / f"{name}{kind}", "LMDB") as store:
            for i, picture in enumerate(pictures):
                datum = pb.Datum(channels=3, height=8, width=8, label=i)
                datum.data = picture.transpose(2, 0, 1).tobytes()
                record = pb.AnnotatedDatum(datum=datum) if kind == "AnnotatedData" else datum
                store.put(b"%03d" % i, record.SerializeToString())
    windows = "".join(
        f"# {i}\n{folder}/{name}{i}.png\n3\n8\n8\n1\n{i + 1} 1 0 0 7 7\n" for i in range(records)
    )
    (folder / "windows").write_text(windows)


def text_of(kind: str, source: str, batch: int, shuffle: bool) -> str:
    field = SOURCES[kind].format(
        source=source + kind, batch=batch, more="shuffle: true" if shuffle else ""
    )
    return f'layer {{ name: "d" type: "{kind}" top: "x" top: "y" {field} }}'


def read(text: str, batches: int, **options: Any) -> list[int]:
    """The labels of what a net in training reads."""
    net = Net(text, phase=pb.TRAIN, seed=4, **options)
    found: list[int] = []
    for _ in range(batches):
        net.forward()
        found += net.blobs["y"].data.astype(int).reshape(-1).tolist()
    net.layers[0].close()
    return found


def cases() -> dict[str, tuple[str, str]]:
    """name: text for each of several processes, text for one that reads all of it."""
    found = {}
    for source in ("many", "few"):
        for kind in SOURCES:
            for shuffle in (False, True):
                name = f"{kind} {source}{' shuffled' * shuffle}"
                found[name] = (
                    text_of(kind, source, BATCH, shuffle),
                    text_of(kind, source, 1, shuffle),
                )
    return found


def main() -> None:
    os.chdir(sys.argv[1])
    world = open_world(120)
    assert world is not None
    share = {"rank": world.rank, "size": world.size}
    found = {
        name: world.allgather(read(text, BATCHES, **share)) for name, (text, _) in cases().items()
    }
    found["WindowData"] = world.allgather(read(WINDOWS, BATCHES, **share))
    if world.rank == 0:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
