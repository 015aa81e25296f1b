"""Parameters as .npz: out, and in again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from protonet import Net, budget
from protonet.errors import WeightsError
from protonet.proto.weights_npz import read_npz

NET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
layer { name: "a/b" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "c" type: "InnerProduct" bottom: "y" top: "z"
  inner_product_param { num_output: 4 bias_term: false weight_filler { type: "xavier" } } }
"""


def test_out_and_in_again(tmp_path):
    net, other = Net(NET, seed=1), Net(NET, seed=2)
    net.save(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as arrays:
        assert arrays.files == ["a/b/0", "a/b/1", "c/0"]
        assert (arrays["c/0"] == net.params["c"][0].data).all()
    assert other.copy_from(tmp_path / "w.npz", strict=True).copied == ["a/b", "c"]
    for a, b in zip(net.learnable_params, other.learnable_params):
        assert (a.data == b.data).all()
    assert (Net(NET, tmp_path / "w.npz").params["c"][0].data == net.params["c"][0].data).all()


def test_a_second_layer_of_a_name_would_be_lost(tmp_path):
    with pytest.raises(WeightsError, match=r"layer 'c' .*a second layer of that name: rename it"):
        Net(NET.replace("a/b", "c")).save(tmp_path / "w.npz")
    assert list(tmp_path.iterdir()) == []
    text = NET + 'layer { name: "c" type: "ReLU" bottom: "z" top: "z" }'
    Net(text).save(tmp_path / "w.npz")  # which has no weights
    assert (tmp_path / "w.npz").exists()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"c": np.zeros(3)}, "an array 'c', which names no layer and blob"),
        ({"c/x": np.zeros(3)}, "arrays are named 'conv1/0'"),
        ({"c/1": np.zeros(3)}, "array 'c/1' where 'c/0' should be"),
        ({"c/0": np.zeros(3)}, r"are \(3,\), the net needs \(4, 2\)"),
        ({"c/0": np.array([{}])}, "not an .npz, or damaged"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, arrays, message):
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(WeightsError, match=message):
        Net(NET).copy_from(tmp_path / "w.npz")


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "w.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(WeightsError, match=r"w\.npz: not an \.npz, or damaged"):
        Net(NET).copy_from(tmp_path / "w.npz")
    with pytest.raises(WeightsError, match=r"no such file: did you mean .*w\.npz"):
        Net(NET).copy_from(tmp_path / "v.npz")


def test_an_archive_of_a_later_kind_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{"conv/0": np.ones((2, 3))})
    data = bytearray((tmp_path / "w.npz").read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 6] = 250  # the version of zip that is needed to read it
    (tmp_path / "w.npz").write_bytes(data)
    with pytest.raises(WeightsError, match=r"not an \.npz, or damaged"):
        read_npz(tmp_path / "w.npz")


def test_an_archive_that_grows_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, **{"a/0": np.zeros(1 << 20, np.float32)})
    assert path.stat().st_size < 1 << 14
    before = budget.set_budget(memory=1 << 22)
    try:
        with pytest.raises(WeightsError, match=r"bomb.npz: 0.00391 GiB of arrays.*--max-memory"):
            read_npz(path)
        budget.set_budget(memory=1 << 23)
        assert read_npz(path)[0].blobs[0].size == 1 << 20
    finally:
        budget.set_budget(*before)


def test_a_header_that_says_more_than_there_is(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000,), }"
    entry = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/0.npy", entry)
    with pytest.raises(WeightsError, match=r"x.npz: .*damaged"):
        read_npz(path)
