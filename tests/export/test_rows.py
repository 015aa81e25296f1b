"""Rows of the layers' tables as ONNX models: types without golden cases, and who is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import protonet.layers  # noqa: F401  (registers all types)
from protonet.core.registry import LAYERS
from protonet.export.onnx.external import fill
from protonet.export.onnx.model import exported
from protonet.export.onnx.proof import prove
from protonet.export.onnx.registry import CONVERTERS
from protonet.net.net import Net
from tests.harness import golden
from tests.harness.bench import Bench
from tests.harness.row import Row
from tests.layers.table import ROWS

GOLDEN = {
    props["type"]
    for name in ("layers/index.json", "forks/layers/index.json")
    for props in golden.index(name).values()
}
#: What is not exported: it trains, measures, writes files, filters on a lattice, or is of one
#: project whose files nobody has asked to export.
REFUSED = {
    *("BboxAccuracy", "BoxAnnotatorOHEM", "BoxGroupOutput", "DetectionGroupAccuracy"),
    *("DetectionEvaluate of ssd", "DetectionEvaluate of cascade-rcnn", "DetectionGroupLoss"),
    *("DetectionOutputExtended", "EltwiseAccuracy", "EvalDetection", "FrcnnOutput", "HDF5Output"),
    *("MarginInnerProduct", "MaskPooling", "MaskResize", "MatWrite", "MultiBoxLoss"),
    *("MultiStageMeanfield", "Padding", "ProposalTarget", "RegionLoss", "ScaleRoute", "Yolov3"),
}


def net_of(row: Row) -> Net:
    inputs = [
        f'layer {{ name: "in{i}" type: "Input" top: "b{i}" '
        f"input_param {{ shape {{ {' '.join(f'dim: {n}' for n in shape)} }} }} }}"
        for i, shape in enumerate(row.bottoms)
    ]
    blobs = [f'bottom: "b{i}"' for i in range(len(row.bottoms))]
    blobs += [f'top: "t{i}"' for i in range(row.tops)]
    layer = f'layer {{ name: "{row.name}" {" ".join(blobs)} {row.layer} }}'
    return Net("\n".join([*inputs, layer]), fork=row.fork, seed=0)


def type_of(row: Row) -> str:
    return row.layer.split('type: "')[1].split('"')[0]


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if type_of(row) not in GOLDEN and type_of(row) in CONVERTERS],
    ids=str,
)
def test_row(row: Row, tmp_path: Path) -> None:
    """The layer of a row, on the row's own bottoms and with its parameters."""
    net, bench = net_of(row), Bench(row)
    for blob, source in zip(net.layers[-1].blobs, bench.layer.blobs):
        blob.data[...] = source.data
    made = exported(net, batch=row.bottoms[0][0])
    fill(made.model, made.arrays)
    (tmp_path / "row.onnx").write_bytes(made.model.SerializeToString())
    inputs = {f"b{i}": blob.data.astype(np.float32) for i, blob in enumerate(bench.bottom)}
    proof = prove(made, tmp_path / "row.onnx", inputs)
    assert not proof.faults(), proof.table()


def test_every_type_is_served_or_known_to_be_refused() -> None:
    ours = {name for name, cls in LAYERS.items() if cls.__module__.startswith("protonet.")}
    given = {name for name in ours if LAYERS[name].bottoms.high == 0}
    assert ours - given - CONVERTERS.keys() == REFUSED
    assert given - CONVERTERS.keys() == {
        "AnnotatedData",
        "Data",
        "DenseImageData",
        "HDF5Data",
        "ImageData",
        "ImageLabelmapData",
        "ImageSegData",
        "Input",
        "MemoryData",
        "VideoData",
        "WindowData",
    }  # their tops are inputs of the model
    assert CONVERTERS.keys() <= ours
