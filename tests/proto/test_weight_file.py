"""Files of weights with all that they tell, from one form to another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.errors import WeightsError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.stored import LayerWeights
from protonet.proto.weight_file import WeightFile, read_weight_file
from protonet.proto.weights import read_weights, write_weights


def test_golden_files_stay_as_they_are(conformance: Path, tmp_path: Path) -> None:
    """Byte for byte, behind the checksum; but for rates of BatchNorm and the like that an upgrade
    takes out."""
    paths = sorted((conformance / "nets").rglob("*.caffemodel"))
    same = 0
    for path in paths:
        read_weight_file(path).write(tmp_path / "copy.caffemodel")
        same += (tmp_path / "copy.caffemodel").read_bytes()[6:] == path.read_bytes()
        for before, after in zip(read_weights(path), read_weights(tmp_path / "copy.caffemodel")):
            assert (before.name, before.type) == (after.name, after.type)
            assert all(map(np.array_equal, before.blobs, after.blobs))
    assert len(paths) > 6 and same >= len(paths) - 3


@pytest.mark.parametrize("age", ["v0", "v1"])
def test_old_files_become_current(conformance: Path, age: str, tmp_path: Path) -> None:
    old = conformance / f"upgrade/{age}_weights/old.caffemodel"
    file = read_weight_file(old)
    file.write(tmp_path / "new.caffemodel")
    new = pb.NetParameter.FromString((tmp_path / "new.caffemodel").read_bytes())
    assert not new.layers and "Convolution" in [layer.type for layer in new.layer]
    before = {x.name: x.blobs for x in read_weights(old) if x.blobs}
    after = {layer.name: layer.blobs for layer in new.layer if layer.blobs}
    assert before.keys() == after.keys()
    for name, blobs in before.items():
        for values, proto in zip(blobs, after[name]):
            assert values.reshape(-1).tolist() == [*proto.data]


def test_layers_that_nobody_knows_survive(tmp_path: Path) -> None:
    net = pb.NetParameter(name="n")
    layer = net.layer.add(name="odd", type="NobodyKnowsThis", bottom=["x"])
    layer.MergeFromString(b"\xba\x3e\x03\x08\x96\x01")  # field 999: a message
    write_weights(tmp_path / "a.caffemodel", net, {0: [np.arange(3, dtype=np.float32)]})
    file = read_weight_file(tmp_path / "a.caffemodel")
    file.layers[0].name = "odder"
    file.write(tmp_path / "b.caffemodel")
    again = pb.NetParameter.FromString((tmp_path / "b.caffemodel").read_bytes())
    (found,) = again.layer
    assert (found.name, found.type, [*found.bottom]) == ("odder", "NobodyKnowsThis", ["x"])
    assert [*found.blobs[0].data] == [0, 1, 2]
    assert b"\xba\x3e\x03\x08\x96\x01" in (tmp_path / "b.caffemodel").read_bytes()
    assert again.name == "n"


def test_a_definition_that_cannot_be_read_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An old padding layer that no convolution reads: weights are weights all the same."""
    net = pb.NetParameter()
    net.layers.add(bottom=["x"], top=["p"]).layer.MergeFrom(
        pb.V0LayerParameter(name="pad", type="padding")
    )
    inner = net.layers.add(bottom=["p"], top=["y"]).layer
    inner.name, inner.type = "ip", "innerproduct"
    inner.blobs.add(num=1, channels=1, height=1, width=2, data=[1, 2])
    (tmp_path / "w.caffemodel").write_bytes(net.SerializeToString())
    file = read_weight_file(tmp_path / "w.caffemodel")
    assert "the definition in it is left out: " in caplog.text and "padding" in caplog.text
    found = {layer.name: layer for layer in file.layers}
    assert found["ip"].type == "InnerProduct" and found["ip"].blobs[0].tolist() == [[[[1, 2]]]]


def test_gradients_are_left_out_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    net, ones = pb.NetParameter(), {0: [np.ones(2, np.float32)]}
    net.layer.add(name="a", type="Scale")
    write_weights(tmp_path / "a.caffemodel", net, ones, diffs=ones)
    file = read_weight_file(tmp_path / "a.caffemodel")
    assert "the gradients of 1 blobs are left out" in caplog.text
    file.write(tmp_path / "b.caffemodel")
    again = pb.NetParameter.FromString((tmp_path / "b.caffemodel").read_bytes())
    assert [*again.layer[0].blobs[0].data] == [1, 1] and not again.layer[0].blobs[0].diff


SHARED = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "x" top: "y" param { name: "w" }
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "b" type: "InnerProduct" bottom: "y" top: "z" param { name: "w" }
  inner_product_param { num_output: 3 } }
"""


def test_what_another_layer_owns_is_not_made_up(tmp_path: Path) -> None:
    Net(SHARED).save(tmp_path / "a.h5")
    file = read_weight_file(tmp_path / "a.h5")
    assert file.layers[1].blobs[0] is None
    for form in ("caffemodel", "npz", "safetensors"):
        with pytest.raises(WeightsError, match=r"layer 'b'.*blob 0 belongs to another layer"):
            file.write(tmp_path / f"b.{form}")
    file.write(tmp_path / "b.h5")
    assert read_weight_file(tmp_path / "b.h5").layers[1].blobs[0] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "b.h5"]


@pytest.mark.parametrize("form", ["caffemodel", "h5", "npz", "safetensors"])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i8"])
def test_precisions(tmp_path: Path, form: str, dtype: str) -> None:
    values = np.arange(6).reshape(2, 3).astype(dtype)
    path = tmp_path / f"w.{form}"
    WeightFile(layers=[LayerWeights("a", "Scale", [values])]).write(path)
    (layer,) = read_weight_file(path).layers
    (again,) = layer.blobs
    assert again is not None and (again == values).all()
    kept = {"caffemodel": "f8", "h5": "f2 f4 f8"}.get(form, dtype)
    assert again.dtype == (dtype if dtype in kept else np.float32)


def test_whole_numbers_beyond_float32(tmp_path: Path) -> None:
    large = WeightFile(layers=[LayerWeights("a", "", [np.array([2**24 + 1])])])
    with pytest.raises(
        WeightsError, match=r"layer 'a': blob 0 has values of int64 that no float32"
    ):
        large.write(tmp_path / "w.caffemodel")
    with pytest.raises(WeightsError, match="of int64 that no float32"):
        large.write(tmp_path / "w.h5")
    assert not [*tmp_path.iterdir()]


def test_arrays_with_names_of_others(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{"a.weight": np.ones(2), "a.bias": np.ones(1)})
    file = read_weight_file(tmp_path / "w.npz")
    assert file.foreign and [layer.name for layer in file.layers] == ["a.weight", "a.bias"]
