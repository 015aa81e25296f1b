"""predict: any number of items in one call."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError, ShapeError

NET = """
layer { name: "in" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 1 dim: 3 dim: 4 } } }
layer { name: "sum" type: "Reduction" bottom: "data" top: "sum"
  reduction_param { operation: SUM axis: 1 } }
layer { name: "twice" type: "Power" bottom: "sum" top: "twice" power_param { scale: 2 } }
"""
TWO = """
layer { name: "in" type: "Input" top: "a" top: "b"
  input_param { shape { dim: 1 dim: 3 } shape { dim: 1 dim: 3 } } }
layer { name: "add" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" }
layer { name: "out" type: "Power" bottom: "sum" top: "half" power_param { scale: 0.5 } }
layer { name: "also" type: "Power" bottom: "sum" top: "same" }
"""


def items(count: int) -> np.ndarray:
    return np.random.default_rng(count).normal(size=(count, 1, 3, 4)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 5, 64, 65, 130])
def test_any_number_of_items(count):
    net = Net(NET)
    out = net.predict(items(count))
    assert out.shape == (count,)
    np.testing.assert_allclose(out, 2 * items(count).sum(axis=(1, 2, 3)), rtol=1e-4, atol=1e-4)
    assert net.blobs["data"].shape == (2, 1, 3, 4) and net.blobs["twice"].shape == (2,)


def test_lists_single_items_and_missing_channels():
    net, data = Net(NET), items(5)
    expected = net.predict(data)
    for given in (list(data), tuple(data[:, 0]), data[:, 0], data.tolist()):
        np.testing.assert_array_equal(net.predict(given), expected)
    for one in (data[0], data[0, 0]):
        np.testing.assert_allclose(net.predict(one), expected[:1], rtol=1e-5)
    assert net.predict(np.ones((2, 3, 4), np.uint8)).tolist() == [24, 24]


def test_the_result_is_a_copy():
    net = Net(NET)
    out = net.predict(items(2))
    kept = out.copy()
    net.predict(items(3))
    assert (out == kept).all()


def test_how_many_at_once():
    net, seen = Net(NET), []
    net.before_forward.append(lambda i: seen.append(net.blobs["data"].shape[0]) if i == 0 else None)
    net.predict(items(7), batch_size=3)
    assert seen == [3, 3, 1]


def test_several_inputs_and_outputs():
    net = Net(TWO)
    a, b = np.ones((4, 3)), np.arange(12.0).reshape(4, 3)
    out = net.predict({"b": b, "a": a})
    assert set(out) == {"half", "same"} and (out["half"] == (a + b) / 2).all()
    assert (net.predict({"a": a, "b": b}, output="same") == a + b).all()
    assert list(net.predict({"a": a, "b": b}, output=["sum"])) == ["sum"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((2, 3, 4, 1)), r"takes \(N, 1, 3, 4\): put channels first"),
        (np.zeros((2, 2, 3, 4)), r"given \(2, 2, 3, 4\), the net takes \(N, 1, 3, 4\)$"),
        ([np.zeros((3, 4)), np.zeros((4, 4))], r"of different shapes: \[\(3, 4\), \(4, 4\)\]"),
        (np.zeros((0, 1, 3, 4)), "no items"),
    ],
)
def test_items_that_do_not_fit(given, message):
    with pytest.raises(ShapeError, match=message):
        Net(NET).predict(given)


def test_what_cannot_be_predicted():
    net = Net(TWO)
    with pytest.raises(NetError, match="given for a, the inputs are a, b"):
        net.predict(np.zeros((1, 3)))
    with pytest.raises(ShapeError, match="different numbers of items"):
        net.predict({"a": np.zeros((1, 3)), "b": np.zeros((2, 3))})
    with pytest.raises(NetError, match="no blob named 'halff': did you mean 'half'"):
        net.predict({"a": np.zeros((1, 3)), "b": np.zeros((1, 3))}, output="halff")
    with pytest.raises(NetError, match="no inputs to give images to"):
        Net(
            'layer { name: "d" type: "DummyData" top: "d" dummy_data_param { shape { dim: 1 } } }'
        ).predict([1])
    total = NET + 'layer { name: "t" type: "Reduction" bottom: "twice" top: "total" }'
    with pytest.raises(NetError, match=r"'total' is \(\) for 3 items.*output="):
        Net(total).predict(items(3))


def test_the_shape_is_restored_after_an_error():
    net = Net(NET)

    def fail(index: int) -> None:
        raise KeyError(index)

    net.after_forward.append(fail)
    with pytest.raises(KeyError):
        net.predict(items(9))
    assert net.blobs["data"].shape == (2, 1, 3, 4)


def test_other_heights_and_widths_where_the_layers_can_take_them():
    net = Net(NET)
    large = np.random.default_rng(0).normal(size=(3, 1, 6, 2)).astype(np.float32)
    for given in (large, large[:, 0]):
        np.testing.assert_allclose(
            net.predict(given), 2 * large.sum(axis=(1, 2, 3)), rtol=1e-4, atol=1e-5
        )
    np.testing.assert_allclose(net.predict(large[0, 0]), 2 * large[:1].sum(), rtol=1e-4)
    assert net.blobs["data"].shape == (2, 1, 3, 4) and net.blobs["sum"].shape == (2,)


def test_a_size_that_a_layer_cannot_take_is_told():
    """The weights of an InnerProduct are for one size only; the input has its own again."""
    net = Net(
        NET + 'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" '
        "inner_product_param { num_output: 2 } }"
    )
    message = r"'ip' \(InnerProduct\).*the net cannot take items \(1, 4, 4\).*own \(1, 3, 4\)"
    with pytest.raises(ShapeError, match=message):
        net.predict(np.zeros((2, 1, 4, 4)))
    assert net.blobs["data"].shape == (2, 1, 3, 4)
    assert net.predict(items(3))["ip"].shape == (3, 2)
