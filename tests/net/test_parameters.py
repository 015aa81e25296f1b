"""Parameters by position, and by name where two layers may have one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.core import fillers
from protonet.errors import ShapeError, WeightsError
from protonet.net import weights
from protonet.proto.stored import LayerWeights
from protonet.proto.weights import read_weights

TWINS = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "same" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "same" type: "InnerProduct" bottom: "y" top: "z"
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "last" type: "InnerProduct" bottom: "z" top: "out"
  inner_product_param { num_output: 2 } }
"""


def test_a_name_in_a_file_means_the_first_layer_that_has_it() -> None:
    net = Net(TWINS, seed=1)
    second = net.layers[2].blobs[0].data.copy()
    net.copy_from([LayerWeights("same", "", [np.full((3, 3), 7.0), np.zeros(3)])], warn=False)
    assert (net.layers[1].blobs[0].data == 7).all()
    assert (net.layers[2].blobs[0].data == second).all()


def test_weights_that_do_not_fit_point_to_the_line_of_their_layer(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(TWINS)
    net = Net(path, seed=1)
    for name, line in (("same", 3), ("last", 7)):
        with pytest.raises(WeightsError) as caught:
            net.copy_from([LayerWeights(name, "", [np.zeros((5, 5)), np.zeros(3)])])
        assert str(caught.value).startswith(f"{path}:{line}: layer '{name}' (InnerProduct): ")


def test_parameters_are_counted_by_position() -> None:
    net = Net(TWINS, seed=1)
    assert net.learnable_param_names == [
        (name, i) for name in ("same", "same", "last") for i in range(2)
    ]
    assert [blob.shape for blob in net.learnable_params] == [(3, 3), (3,)] * 2 + [(2, 3), (2,)]
    assert net.params["same"] is net.layers[2].blobs  # the last, as in pycaffe


def test_saved_and_cloned_by_position(tmp_path: Path) -> None:
    net = Net(TWINS, seed=1)
    twin = net.clone()
    for layer, other in zip(net.layers, twin.layers):
        for blob, shared in zip(layer.blobs, other.blobs):
            assert np.shares_memory(blob.data, shared.data)
    net.save(tmp_path / "w.caffemodel")
    stored = [x for x in read_weights(tmp_path / "w.caffemodel") if x.name == "same"]
    for item, layer in zip(stored, net.layers[1:3]):
        np.testing.assert_array_equal(item.blobs[0], layer.blobs[0].data)


def test_nets_that_share_by_name_must_agree_in_shapes() -> None:
    net = Net(TWINS, seed=1)
    with pytest.raises(ShapeError, match=r"^<text>:7: layer 'last' .*\(2, 3\).* here and"):
        net.share_with(Net(TWINS.replace("num_output: 2", "num_output: 4")))


def test_a_part_ends_at_the_first_layer_of_a_name_and_gives_its_own_blobs() -> None:
    net = Net(TWINS.replace("layer {", "force_backward: true layer {", 1), seed=1)
    net.blobs["x"].data[...] = 1
    assert list(net.forward(end="same")) == ["y"]
    assert list(net.backward(end="same")) == ["x"]


def test_unnamed_tops_of_losses_are_told_apart_by_their_layer() -> None:
    net = Net("""
    layer { name: "in" type: "Input" top: "x" top: "t" input_param { shape { dim: 2 dim: 1 } } }
    layer { name: "a" type: "EuclideanLoss" bottom: "x" bottom: "t" loss_weight: 1 }
    layer { name: "b" type: "EuclideanLoss" bottom: "x" bottom: "t" loss_weight: 3 }
    """)
    net.blobs["x"].data[...] = 2
    net.forward()
    assert net.loss == (1 + 3) * 4 / 2
    net.blobs["x"].data[...] = 4
    (value,) = net.forward(end="a").values()
    assert value == 16 / 2  # and not 4 / 2, the value that b still has


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The counts of values that fillers drew."""
    counts: list[int] = []
    draw = fillers.draw
    monkeypatch.setattr(fillers, "draw", lambda f, out: (counts.append(out.size), draw(f, out)))
    return counts


THREE = TWINS.replace("same", "first", 1).replace(
    "num_output: 2", 'num_output: 2 weight_filler { type: "gaussian" }'
)


def test_fillers_are_not_drawn_for_what_the_file_has(tmp_path: Path, drawn: list[int]) -> None:
    path = tmp_path / "w.caffemodel"
    plain = Net(THREE, seed=1)
    plain.save(path)
    before = {name: [b.data.copy() for b in blobs] for name, blobs in plain.params.items()}
    del drawn[:]
    Net(THREE, path, seed=2).forward()
    assert drawn == []
    renamed = Net(THREE.replace('"same"', '"new"'), path, seed=1)
    renamed.forward()
    assert drawn == [9]
    for name, old in (("first", "first"), ("new", "same"), ("last", "last")):
        for blob, values in zip(renamed.params[name], before[old]):
            np.testing.assert_array_equal(blob.data, values)


def test_nets_of_double_precision_draw_nothing_either(tmp_path: Path, drawn: list[int]) -> None:
    net = Net(THREE, seed=1)
    net.save(tmp_path / "w.caffemodel")
    del drawn[:]
    double = Net(THREE, tmp_path / "w.caffemodel", dtype=np.float64)
    assert drawn == [] and double.params["last"][0].data.dtype == np.float64
    np.testing.assert_array_equal(double.params["last"][0].data, net.params["last"][0].data)


def test_a_net_and_its_file_do_not_touch_each_other(tmp_path: Path) -> None:
    path = tmp_path / "w.caffemodel"
    Net(THREE, seed=1).save(path)
    content = path.read_bytes()
    net, other = Net(THREE, path), Net(THREE, path)
    before = net.params["last"][0].data.copy()
    other.params["last"][0].data[...] = 0
    assert path.read_bytes() == content
    path.write_bytes(b"")
    np.testing.assert_array_equal(net.params["last"][0].data, before)


def test_views_from_before_and_arrays_of_ones_own(tmp_path: Path) -> None:
    Net(THREE, seed=1).save(tmp_path / "w.caffemodel")
    net = Net(THREE, seed=2)
    view = net.params["last"][0].data
    net.copy_from(tmp_path / "w.caffemodel")
    assert net.params["last"][0].data is view
    mine = np.ones((2, 3), np.float32)
    fresh = Net(THREE, seed=2)
    fresh.copy_from([LayerWeights("last", "", [mine, np.zeros(2, np.float32)])], warn=False)
    assert not np.shares_memory(fresh.params["last"][0].data, mine)


def test_a_file_that_tells_a_variant_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
    layer { name: "in" type: "Input" top: "x" input_param {
      shape { dim: 1 dim: 2 dim: 3 dim: 3 } } }
    layer { name: "bn" type: "BN" bottom: "x" top: "y" }
    """
    Net(text, fork="segnet").save(tmp_path / "w.caffemodel")
    read: list[str] = []
    monkeypatch.setattr(
        weights, "read_any", lambda path: (read.append(path), read_weights(path))[1]
    )
    net = Net(text, tmp_path / "w.caffemodel")
    assert len(read) == 1
    net.clone()
    assert len(read) == 1


def test_fillers_are_not_drawn_for_what_another_net_has(drawn: list[int]) -> None:
    net, other = Net(THREE, seed=1), Net(THREE, seed=2)
    other.share_with(net)
    for layer in other.layers:
        layer.rng.random()
    assert drawn == []
    assert np.shares_memory(other.params["last"][0].data, net.params["last"][0].data)
    assert drawn == [6]


def test_but_for_what_a_sharer_in_the_net_still_looks_at(drawn: list[int]) -> None:
    twins = THREE.replace("bottom:", 'param { name: "w" } bottom:', 2)
    other = Net(twins.replace('"same"', '"own"'), seed=2)
    before = Net(twins, seed=2).params["same"][0].data.copy()
    other.share_with(Net(THREE, seed=1))  # which has "first" and "last"
    np.testing.assert_array_equal(other.params["own"][0].data, before)
    assert not np.array_equal(other.params["first"][0].data, before)
