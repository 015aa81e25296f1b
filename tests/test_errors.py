"""One formatter words all messages: where, which layer, what, what to do."""

from __future__ import annotations

import pytest

from protonet import errors
from protonet.errors import (
    DataError,
    NetError,
    ProtonetError,
    PrototxtError,
    ShapeError,
    SolverError,
    WeightsError,
    did_you_mean,
    missing_extra,
)

FULL = {"file": "lenet.prototxt", "line": 36, "layer": "conv1", "layer_type": "Convolution"}


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NetError("it broke"), "it broke"),
        (NetError("it broke", "mend it"), "it broke: mend it"),
        (NetError("it broke", file="a.prototxt"), "a.prototxt: it broke"),
        (PrototxtError("odd", line=3, column=7), "<text>:3:7: odd"),
        (NetError("it broke", layer="ip1"), "layer 'ip1': it broke"),
        (
            NetError("num_output is missing", "add it", **FULL),
            "lenet.prototxt:36: layer 'conv1' (Convolution): num_output is missing: add it",
        ),
    ],
)
def test_message(error: ProtonetError, message: str) -> None:
    assert str(error) == message


def test_the_place_is_filled_in_on_the_way_up() -> None:
    error = ShapeError("too small")
    assert error.at(layer="ip1", layer_type="InnerProduct") is error
    assert str(error.at(file="a.prototxt", line=2)) == (
        "a.prototxt:2: layer 'ip1' (InnerProduct): too small"
    )


def test_what_is_known_is_not_replaced() -> None:
    error = NetError("odd", file="inner.prototxt", line=1)
    assert str(error.at(file="outer.prototxt", line=9, layer="a")) == (
        "inner.prototxt:1: layer 'a': odd"
    )


@pytest.mark.parametrize(
    "kind", [PrototxtError, NetError, ShapeError, WeightsError, DataError, SolverError]
)
def test_one_base_catches_all(kind: type[ProtonetError]) -> None:
    assert issubclass(kind, ProtonetError) and issubclass(kind, RuntimeError)
    with pytest.raises(ProtonetError, match="odd"):
        raise kind("odd")


def test_the_tree_in_the_docstring_is_complete() -> None:
    kinds = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, ProtonetError)
    ]
    assert [name for name in kinds if name not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Relu", "did you mean 'ReLU'?"),
        ("RELU", "did you mean 'ReLU'?"),
        ("Convolutoin", "did you mean 'Convolution'?"),
        ("Banana", ""),
    ],
)
def test_nearest_name(word: str, hint: str) -> None:
    assert did_you_mean(word, ["ReLU", "Convolution", "LRN"]) == hint


def test_a_missing_package_names_the_extra() -> None:
    error = missing_extra("h5py", "hdf5", "reading HDF5 files")
    assert "h5py" in str(error) and "pip install 'protonet-caffe[hdf5]'" in str(error)
