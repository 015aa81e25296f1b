"""Weights as safetensors: out, in again, and those of others."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from protonet import Net
from protonet.errors import ProtonetError, WeightsError
from protonet.proto.weights_safetensors import read_safetensors, read_safetensors_arrays

NET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
layer { name: "z/b" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "c" type: "InnerProduct" bottom: "y" top: "z"
  inner_product_param { num_output: 4 bias_term: false weight_filler { type: "xavier" } } }
"""


def test_out_and_in_again(tmp_path: Path) -> None:
    net, path = Net(NET, seed=1), tmp_path / "w.safetensors"
    net.save(path)
    found = load_file(path)  # the package's own reader
    assert sorted(found) == ["c/0", "z/b/0", "z/b/1"]
    assert (found["c/0"] == net.params["c"][0].data).all()
    layers = read_safetensors(path)
    assert [(x.name, x.type) for x in layers] == [("z/b", "InnerProduct"), ("c", "InnerProduct")]
    other = Net(NET, path)
    for a, b in zip(net.learnable_params, other.learnable_params):
        assert (a.data == b.data).all()


def test_of_others_with_our_names(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    arrays = {f"c/{i}": np.full(1, i, np.float32) for i in range(12)}
    save_file(arrays, path, metadata={"protonet_layers": "no JSON"})
    (layer,) = read_safetensors(path)  # the file has c/10 before c/2
    assert [float(x[0]) for x in layer.blobs if x is not None] == [*range(12)]


def raw(path: Path, kind: str, octets: bytes, shape: list[int]) -> Path:
    """A file as the format's description has it."""
    entry = {"dtype": kind, "shape": shape, "data_offsets": [0, len(octets)]}
    head = json.dumps({"a/0": entry}).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + octets)
    return path


def test_other_floats(tmp_path: Path) -> None:
    path = raw(tmp_path / "w.safetensors", "BF16", bytes.fromhex("c03f00c0803f0000"), [2, 2])
    assert read_safetensors_arrays(path)["a/0"].tolist() == [[1.5, -2.0], [1.0, 0.0]]
    raw(path, "F8_E4M3", b"\0\0", [2])
    with pytest.raises(WeightsError, match=r"tensor 'a/0' is of type F8_E4M3, which NumPy does"):
        read_safetensors(path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 20, struct.pack("<Q", 5) + b"{abc}"])
def test_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match=r"w\.safetensors: no \.safetensors, or damaged"):
        Net(NET, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"no such file: did you mean .*w\.safetensors"):
        Net(NET, tmp_path / "v.safetensors")


def test_a_state_dict_is_told_as_such(tmp_path: Path) -> None:
    save_file({"features.0.weight": np.ones(3)}, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"'features.0.weight', which names no layer.*--net"):
        Net(NET, tmp_path / "w.safetensors")


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ProtonetError, match=r"pip install 'protonet-caffe\[safetensors\]'"):
        Net(NET).save(tmp_path / "w.safetensors")
