"""The gradients of whole nets; that of a layer that is wrong on purpose is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import protonet
from protonet.core import registry
from protonet.core.layer import Layer
from protonet.errors import NetError, ShapeError
from protonet.net.net import Net

MODELS = Path(__file__).resolve().parents[2] / "models"


def input_layer(name: str, *shape: int) -> str:
    dims = " ".join(f"dim: {n}" for n in shape)
    text = f"input_param {{ shape {{ {dims} }} }}"
    return f'layer {{ name: "{name}" type: "Input" top: "{name}" {text} }}'


def layer(type_name: str, bottom: str, top: str, text: str = "") -> str:
    return f'layer {{ name: "{top}" type: "{type_name}" bottom: "{bottom}" top: "{top}" {text} }}'


SQUARES = input_layer("x", 3, 4) + layer("HalfSquare", "x", "y")


class HalfSquare(Layer):
    """x^2, with the gradient of x^2 / 2 in one place."""

    type = "HalfSquare"

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        np.square(bottom[0].data, out=top[0].data)

    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = 2 * bottom[0].data * top[0].diff
        bottom[0].diff[2, 1] /= 2


@pytest.fixture
def half_square(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry.LAYERS, "_items", dict(registry.LAYERS._items))
    protonet.register(HalfSquare)
    yield


def test_all_gradients_of_a_training_net_are_right() -> None:
    """On digits, at the sizes of the net; three gradients for a layer with a bias."""
    checks = {
        check.name: check for check in protonet.gradcheck(MODELS / "conv3x3_train_test.prototxt")
    }
    assert checks["data"].note == "gives its own data"
    assert all(check.passes() for check in checks.values())
    arrays = [each for check in checks.values() for each in check.arrays]
    assert len(arrays) >= 8 and all(0 < each.worst.error < 1e-6 for each in arrays)
    assert [each.name for each in checks["conv1"].arrays] == ["bottom[0]", "blobs[0]", "blobs[1]"]
    assert all(each.singles == min(12, each.count) for each in arrays)


@pytest.mark.usefixtures("half_square")
def test_a_wrong_value_is_found_and_told() -> None:
    _, check = protonet.gradcheck(SQUARES)
    assert not check.passes()
    worst = check.arrays[0].worst
    assert worst.where in (None, (2, 1))
    assert worst.got != pytest.approx(worst.want, rel=1e-3)
    assert worst.error <= 1


def test_values_at_kinks_and_ties_are_kept_apart() -> None:
    """What is all 0 and all alike: every ReLU at its kink, every window without a largest."""
    text = (
        input_layer("x", 2, 3, 6, 6)
        + layer("ReLU", "x", "r")
        + layer("Pooling", "r", "p", "pooling_param { kernel_size: 3 stride: 2 }")
    )
    net = Net(text)
    for value in (-1.0, 0.0, 3.0):
        net.blobs["x"].data[...] = value
        checks = [*protonet.gradcheck(net)]
        assert all(check.passes() for check in checks)
        assert not any(each.kinks for check in checks for each in check.arrays)


def test_a_net_is_left_as_it_is() -> None:
    """And its own values and weights count: x of 30 and w of 0.5 saturate."""
    text = (
        input_layer("x", 1, 1)
        + layer("InnerProduct", "x", "ip", "inner_product_param { num_output: 1 }")
        + layer("Sigmoid", "ip", "s")
    )
    net = Net(text)
    net.blobs["x"].data[...] = 30
    net.params["ip"][0].data[...] = 0.5
    before = net.params["ip"][0].data.copy()
    *_, check = protonet.gradcheck(net)
    assert check.passes()
    slope = check.arrays[0].worst.want
    assert abs(slope) < 1e-6, "the derivative of a sigmoid at 15 is 3e-7"
    np.testing.assert_array_equal(net.params["ip"][0].data, before)
    assert not net.blobs["x"].has_diff and not net.params["ip"][0].has_diff


def test_statistics_and_chance_are_drawn_again_the_same() -> None:
    text = input_layer("x", 4, 3, 2, 2) + layer("BatchNorm", "x", "n") + layer("Dropout", "n", "d")
    _, norm, dropout = protonet.gradcheck(text, phase=protonet.TRAIN)
    assert norm.passes() and dropout.passes()
    assert [each.name for each in norm.arrays] == ["bottom[0]"], "statistics are not learnt"


def test_labels_and_indices_stay_whole() -> None:
    text = (
        input_layer("x", 4, 3)
        + input_layer("label", 4)
        + layer("Embed", "label", "e", "embed_param { num_output: 2 input_dim: 3 }")
        + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "x" bottom: "label" top: "loss" }'
    )
    checks = {check.name: check for check in protonet.gradcheck(text)}
    assert [each.name for each in checks["e"].arrays] == ["blobs[0]", "blobs[1]"]
    assert [each.blob for each in checks["loss"].arrays] == ["x"]
    assert all(check.passes() for check in checks.values())


def test_logarithms_get_values_above_zero() -> None:
    for text in (
        input_layer("x", 3, 4) + layer("Log", "x", "y"),
        input_layer("x", 3, 4) + layer("Power", "x", "y", "power_param { power: 0.5 }"),
        input_layer("x", 3, 4)
        + input_layer("label", 3)
        + layer("MultinomialLogisticLoss", 'x" bottom: "label', "y"),
    ):
        *_, check = protonet.gradcheck(text)
        assert check.passes() and check.arrays


def test_data_that_is_missing_is_random() -> None:
    text = (
        'layer { name: "d" type: "Data" top: "x" top: "label" transform_param { crop_size: 4 } '
        'data_param { source: "nowhere" batch_size: 2 } }'
        + layer("InnerProduct", "x", "ip", "inner_product_param { num_output: 3 }")
        + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }'
    )
    checks = {check.name: check for check in protonet.gradcheck(text)}
    assert checks["d"].note == "random values"
    assert all(check.passes() for check in checks.values())


def test_a_gradient_that_is_meant_to_be_another_is_no_mistake() -> None:
    text = input_layer("x", 2, 3) + layer("GRN", "x", "g", "grn_param { dummy_backward: true }")
    _, check = protonet.gradcheck(text)
    assert check.exempt and check.passes() and check.error > 0.01
    assert "dummy_backward" in check.note


def test_a_constant_in_the_formula_makes_a_gradient_inexact() -> None:
    """ContrastiveLoss adds 1e-4 to distances, in the gradient alone."""
    text = (
        input_layer("a", 2, 3)
        + input_layer("b", 2, 3)
        + input_layer("similar", 2)
        + 'layer { name: "c" type: "ContrastiveLoss" bottom: "a" bottom: "b" bottom: "similar" '
        'top: "c" contrastive_loss_param { margin: 9 } }'
    )
    *_, check = protonet.gradcheck(text)
    assert check.inexact == 1e-3 and 1e-5 < check.error < 1e-3 and check.passes()


def test_one_layer_only() -> None:
    path = MODELS / "lenet.prototxt"
    (check,) = protonet.gradcheck(path, layers=["ip2"], singles=3)
    assert check.name == "ip2" and [each.singles for each in check.arrays] == [3, 3, 3]
    with pytest.raises(NetError, match="no layer is called 'ip9'"):
        protonet.gradcheck(path, layers=["ip9"])


def test_an_error_tells_its_layer() -> None:
    with pytest.raises(ShapeError, match="layer 'r'"):
        [
            *protonet.gradcheck(
                input_layer("x", 2, 3)
                + layer("Reshape", "x", "r", "reshape_param { shape { dim: 4 dim: 2 } }")
            )
        ]


def test_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HDF5Output's would take the place of what a real pass has given."""
    monkeypatch.chdir(tmp_path)
    sink = 'hdf5_output_param { file_name: "features.h5" } bottom: "x"'
    text = input_layer("x", 2, 3) + layer("HDF5Output", "x", "o", sink).replace('top: "o"', "")
    *_, check = protonet.gradcheck(text)
    assert check.type == "HDF5Output" and check.passes()
    assert not [*tmp_path.iterdir()]
