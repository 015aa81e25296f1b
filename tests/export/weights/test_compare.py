"""Files of weights side by side."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from protonet.export.weights import compare, content_hash
from protonet.proto.stored import LayerWeights
from protonet.proto.weight_file import WeightFile, read_weight_file


def one(*layers: tuple[str, list[np.ndarray]], dtype: str = "f4") -> WeightFile:
    arrays = [(name, [np.asarray(x, dtype) for x in blobs]) for name, blobs in layers]
    return WeightFile(layers=[LayerWeights(name, "", [*blobs]) for name, blobs in arrays])


def test_differences() -> None:
    a = one(("x", [[1.0, -4.0]]), ("y", [[1.0]]), ("z", [[1.0, 2.0]]), ("n", [[math.nan, 2.0]]))
    b = one(("x", [[1.5, -4.0]]), ("z", [[[1.0, 2.0]]]), ("n", [[math.nan, 2.0]]), ("w", [[0.0]]))
    rows = {row.layer: row for row in compare(a, b)}
    assert {name: row.what for name, row in rows.items()} == {
        "x": "values",
        "y": "only in A",
        "z": "shape",
        "n": "same",
        "w": "only in B",
    }
    assert (rows["x"].largest, rows["x"].relative, rows["x"].equal) == (0.5, 0.125, 1)
    assert rows["z"].shapes == ((2,), (1, 2)) and rows["z"].largest is None
    assert compare(a, b, tolerance=0.125)[0].what == "same"
    finite = compare(one(("x", [[math.nan]])), one(("x", [[1.0]])), tolerance=9.0)
    assert finite[0].what == "values" and finite[0].largest == math.inf


def test_layers_of_one_name_go_by_their_order() -> None:
    a = one(("x", [[1.0]]), ("x", [[2.0]]))
    assert [row.what for row in compare(a, one(("x", [[1.0]]), ("x", [[3.0]])))] == [
        "same",
        "values",
    ]


def test_hashes() -> None:
    a = one(("x", [[1.0, 2.0]]), ("y", [[3.0]]))
    assert content_hash(a) == content_hash(one(("y", [[3.0]]), ("x", [[1.0, 2.0]]), dtype="f8"))
    others = [
        one(("x", [[1.0, 2.0]]), ("y", [[3.5]])),
        one(("x", [[1.0, 2.0]]), ("w", [[3.0]])),
        one(("x", [[[1.0, 2.0]]]), ("y", [[3.0]])),
        one(("x", [[1.0, 2.0], [3.0]])),
    ]
    assert len({content_hash(each) for each in [a, *others]}) == 5


def test_hashes_do_not_depend_on_the_form(conformance: Path, tmp_path: Path) -> None:
    path = conformance / "nets/mini_resnet_test/weights.caffemodel"
    file = read_weight_file(path)
    digests = {content_hash(file)}
    for form in ("caffemodel", "h5", "npz", "safetensors"):
        file.write(tmp_path / f"w.{form}")
        digests.add(content_hash(read_weight_file(tmp_path / f"w.{form}")))
    assert len(digests) == 1
