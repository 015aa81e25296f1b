"""Single arrays in two forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.errors import WeightsError
from protonet.export.weights import read_array, write_array
from protonet.proto import caffe_pb2 as pb


def test_both_ways(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((3, 2, 4), np.float32)
    write_array(tmp_path / "a.binaryproto", values)
    blob = pb.BlobProto.FromString((tmp_path / "a.binaryproto").read_bytes())
    assert [*blob.shape.dim] == [3, 2, 4] and [*blob.data] == values.reshape(-1).tolist()
    write_array(tmp_path / "a.npy", read_array(tmp_path / "a.binaryproto"))
    assert (np.load(tmp_path / "a.npy") == values).all()
    assert (read_array(tmp_path / "a.npy") == values).all()


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"x\.txt: an array is not kept as '\.txt'"):
        read_array(tmp_path / "x.txt")
    (tmp_path / "x.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(WeightsError, match=r"x\.npy: no \.npy, or damaged"):
        read_array(tmp_path / "x.npy")
    with pytest.raises(WeightsError, match="no such file"):
        read_array(tmp_path / "none.npy")
    with pytest.raises(WeightsError, match="values of int64 that no float32 has"):
        write_array(tmp_path / "y.binaryproto", np.array([2**40 + 1]))
    assert not (tmp_path / "y.binaryproto").exists()
