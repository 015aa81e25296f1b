"""Files of weights changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.errors import WeightsError
from protonet.export.weights import cast, get, put, read_own, rename, strip
from protonet.proto.stored import LayerWeights
from protonet.proto.weight_file import WeightFile


def blob(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.fixture
def file() -> WeightFile:
    layers = [
        LayerWeights("relu", "ReLU"),
        LayerWeights("a", "InnerProduct", [blob(1, 2, 3), blob(4)]),
        LayerWeights("b/1", "Scale", [blob(5, 6)]),
    ]
    return WeightFile(layers=layers)


def test_a_blob_by_its_name(file: WeightFile) -> None:
    assert get(file, "a/1") == 4
    assert get(file, "b/1").tolist() == get(file, "b/1/0").tolist() == [5, 6]
    put(file, "a/0", np.array(7.5))
    put(file, "a/1", np.array([2.0]))
    assert get(file, "a/0").tolist() == [7.5] * 3 and get(file, "a/0").dtype == np.float32
    for name, message in (
        ("a", "layer 'a' has 2 blobs: say which: a/0 to a/1"),
        ("a/2", "layer 'a' has 2 blobs, no 2"),
        ("c/0", "no layer 'c': there are a, b/1"),
        ("relu/0", "layer 'relu' has 0 blobs, no 0"),
    ):
        with pytest.raises(WeightsError, match=message):
            get(file, name)
    with pytest.raises(WeightsError, match=r"a/0 is \(3,\), the new values are \(2,\)"):
        put(file, "a/0", np.ones(2))
    with pytest.raises(WeightsError, match="a/0 is float32, which has no such numbers"):
        put(file, "a/0", np.array(1e300))


def test_renaming(file: WeightFile) -> None:
    rename(file, {"a": "b/1", "b/1": "a"})
    assert [layer.name for layer in file.layers] == ["relu", "b/1", "a"]
    for names, message in (
        ({"a": "relu"}, "layer 'a' cannot become 'relu': there is one of this name"),
        ({"a": "x", "b/1": "x"}, "layer 'a' cannot become 'x'"),
        ({"c": "d"}, "no layer 'c'"),
        ({"a": ""}, "cannot become ''"),
    ):
        with pytest.raises(WeightsError, match=message):
            rename(file, names)
    assert [layer.name for layer in file.layers] == ["relu", "b/1", "a"]


def test_stripping(file: WeightFile) -> None:
    with pytest.raises(WeightsError, match="no layer 'relu' with weights"):
        strip(file, ["a", "relu"])
    assert strip(file, ["b/*", "?"]) == ["a", "b/1"]
    assert [len(layer.blobs) for layer in file.layers] == [0, 0, 0]


def test_casting(file: WeightFile) -> None:
    third = np.float32(1 / 3)
    put(file, "a/1", np.array(third))
    rounding = float(np.float16(third)) / float(third) - 1
    assert cast(file, np.float16) == pytest.approx(abs(rounding))
    assert {x.dtype for layer in file.layers for x in layer.blobs if x is not None} == {
        np.dtype(np.float16)
    }
    assert cast(file, np.float64) == 0
    put(file, "a/0", np.array([1.0, np.inf, 1e6]))
    with pytest.raises(WeightsError, match=r"layer 'a' .*numbers beyond float16"):
        cast(file, np.float16)
    assert get(file, "b/1").dtype == np.float64


def test_arrays_of_others_are_not_changed(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{"features.0.weight": np.ones(3)})
    with pytest.raises(WeightsError, match=r"w\.npz: its arrays bear names of another framework"):
        read_own(tmp_path / "w.npz")
