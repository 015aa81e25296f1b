"""A net that trains made one for use: what is left gives what it gave before, bit by bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TEST
from protonet.errors import NetError, ProtonetError
from protonet.net.deploy import deploy
from protonet.net.net import Net
from protonet.proto.text import read_net
from tests.net.test_real_nets import NETS, SHAPES, TEST_STAGES, build

MODELS = Path(__file__).parents[2] / "models"
#: What a net for use takes and gives; of those in SHAPES.
ENDS = {
    "caffenet": (["data"], ["prob"]),
    "googlenet": (["data"], ["prob", "side/classifier"]),
    "vgg": (["data"], ["prob"]),
    "squeezenet": (["data"], ["prob"]),
    "resnet": (["data"], ["prob"]),
    "mobilenet": (["data"], ["prob"]),
    "fcn8s": (["data"], ["prob"]),
    "rcnn": (["data"], ["fc-rcnn"]),
    "lrcn": (["cont", "data"], ["prob"]),
    "siamese": (["pair_data"], ["feat", "feat_p"]),
    "autoencoder": (["data"], ["decode1neuron"]),
}
HEAD = """# one
layer { name: "d" type: "Input" top: "d" top: "l"
  input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
"""
IP = """layer { name: "ip" type: "InnerProduct" bottom: "d" top: "ip"
  inner_product_param { num_output: 4 } }
"""


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    e = np.exp(x.astype(np.float64) - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


@pytest.mark.parametrize("dropout", [True, False])
@pytest.mark.parametrize("name", SHAPES)
def test_same_numbers_as_the_net_that_trained(name: str, dropout: bool, tmp_path: Path) -> None:
    source = build(name, TEST)
    source.run_forward()
    source.save(tmp_path / "w.caffemodel")
    done = deploy(NETS / f"{name}.prototxt", stages=TEST_STAGES.get(name, []), dropout=dropout)
    net = Net(done.text, weights=tmp_path / "w.caffemodel", phase=TEST)
    assert (sorted(net.inputs), sorted(net.outputs)) == ENDS[name]
    types = [layer.type for layer in net.layers]
    assert ("Dropout" in types) == (dropout and "Dropout" in [x.type for x in source.layers])
    for blob in net.inputs:
        net.blobs[blob].data[...] = source.blobs[blob].data
    net.run_forward()
    compared = 0
    for layer in net.layers:
        for blob in set(layer.param.top) & set(source.blobs):
            np.testing.assert_array_equal(net.blobs[blob].data, source.blobs[blob].data, blob)
            compared += 1
    assert compared >= 5
    if "prob" in net.outputs:
        (loss,) = [layer for layer in source.layers if layer.type == "SoftmaxWithLoss"]
        scores = source.blobs[loss.param.bottom[0]].data
        wanted = softmax(scores, loss.param.softmax_param.axis)
        np.testing.assert_allclose(net.blobs["prob"].data, wanted, rtol=1e-5, atol=1e-7)
    specs = [spec for layer in net.layers for spec in layer.param.param]
    learns_nothing = {"BatchNorm"}  # the upgrade of such a layer adds multipliers
    if learns_nothing.isdisjoint(types):
        assert not any(spec.HasField("lr_mult") or spec.HasField("decay_mult") for spec in specs)


@pytest.mark.parametrize("path", sorted(MODELS.glob("*_train_test.prototxt")), ids=lambda p: p.stem)
def test_our_models_become_those_for_use(path: Path) -> None:
    """As the file that stands beside each: the same layers, types and shapes."""
    done = deploy(path, batch=64)
    model = path.name.replace("_train_test", "").replace("lenet_mnist", "lenet")
    net, wanted = Net(done.text), Net(path.with_name(model))
    assert {b: net.blobs[b].shape[1:] for b in net.blobs} == {
        b: wanted.blobs[b].shape[1:] for b in wanted.blobs
    }
    assert [(x.name, x.type) for x in net.layers] == [(x.name, x.type) for x in wanted.layers]
    old = path.read_text().splitlines()
    stays = [line for line in done.text.splitlines() if line in old]
    assert len(stays) > 0.6 * len(done.text.splitlines())
    message = read_net(done.text).message
    assert not any(x.include or x.param for x in message.layer)


def test_what_it_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "lenet_train_test.prototxt"
    path.write_text((MODELS / path.name).read_text())
    text = deploy(path).text
    assert text.startswith(
        """\
# For use: made of lenet_train_test.prototxt by protonet deploy.
# - 'data' (Data) became an Input: 'data' 1 x 1 x 28 x 28
# - 'loss' (SoftmaxWithLoss) became Softmax 'prob'
# - left out: 'data' (Data), 'accuracy' (Accuracy)
# - rules, rates and loss weights are left out

# LeNet for training and testing on the digits that come with protonet: 1,497 images to
"""
    )
    assert (
        """
# Give it values as the net's data layer makes them: { scale: 0.00390625 crop_size: 28 force_gray:
# true }
layer {
  name: "data"
  type: "Input"
  top: "data"
  input_param {
    shape {
      dim: 1
      dim: 1
      dim: 28
      dim: 28
    }
  }
}

# 20 filters of 5x5 slide over the image; where image and filter agree the output is
"""
        in text
    )
    assert (
        """
  top: "conv1"
  convolution_param {
"""
        in text
    )
    assert text.endswith(
        """

layer {
  name: "prob"
  type: "Softmax"
  bottom: "ip2"
  top: "prob"
}
"""
    )
    assert deploy(path, shapes={"data": (5, 1, 28, 28)}, batch=5).text.count("dim: 5\n") == 1


def layers(text: str, **options) -> list[tuple[str, str, list[str], list[str]]]:
    net = Net(deploy(text, **options).text)
    found = [layer.param for layer in net.layers if layer.type != "Split"]
    return [(x.name, x.type, [*x.bottom], [*x.top]) for x in found]


def test_losses_leave_what_they_computed() -> None:
    def end(loss: str) -> tuple:
        return layers(HEAD + IP + loss)[-1]

    two = (
        'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "l" top: "x" top: "p" '
        "loss_weight: 1 loss_weight: 0 }"
    )
    assert end(two) == ("p", "Softmax", ["ip"], ["p"])
    also = 'layer { name: "s" type: "Softmax" bottom: "ip" top: "s" }\n' + two
    assert [x[0] for x in layers(HEAD + IP + also)] == ["d", "ip", "s"]
    for kind in ("HingeLoss", "MultinomialLogisticLoss"):
        loss = f'layer {{ name: "loss" type: "{kind}" bottom: "ip" bottom: "l" top: "x" }}'
        assert end(loss)[:2] == ("ip", "InnerProduct")
    sides = (
        HEAD
        + IP
        + (
            'layer { name: "ip2" type: "InnerProduct" bottom: "ip" top: "b" '
            "inner_product_param { num_output: 4 } }"
            'layer { name: "a" type: "SoftmaxWithLoss" bottom: "ip" bottom: "l" top: "la" }'
            'layer { name: "b" type: "SoftmaxWithLoss" bottom: "b" bottom: "l" top: "lb" '
            "softmax_param { axis: -1 } loss_weight: 2 }"
        )
    )
    found = [x for x in layers(sides) if x[1] == "Softmax"]
    assert [(x[0], x[3]) for x in found] == [("ip_prob", ["ip_prob"]), ("prob", ["prob"])]
    assert "axis: -1" in deploy(sides).text and "loss_weight" not in deploy(sides).text


def test_nets_without_parameters() -> None:
    loss = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "d" bottom: "l" top: "x" }'
    assert layers(HEAD + loss)[-1] == ("prob", "Softmax", ["d"], ["prob"])
    bend = 'layer { name: "bend" type: "ReLU" bottom: "d" top: "d" }\n'
    assert [x[0] for x in layers(HEAD + bend)] == ["d", "bend"]
    assert [x[0] for x in layers(HEAD + bend + loss)] == ["d", "bend", "prob"]


def test_the_paths_of_labels_go() -> None:
    text = HEAD + (
        'layer { name: "two" type: "Reshape" bottom: "l" top: "l2" reshape_param '
        "{ shape { dim: 2 dim: 1 } } }\n"
        'layer { name: "cut" type: "Slice" bottom: "l2" top: "u" top: "v" '
        "slice_param { axis: 0 } }\n"
        'layer { name: "hush" type: "Silence" bottom: "v" }\n'
    )
    text += IP + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "l" top: "x" }'
    text += 'layer { name: "more" type: "EuclideanLoss" bottom: "u" bottom: "u" top: "y" }'
    found = layers(text)
    assert [x[0] for x in found] == ["d", "ip", "prob"] and found[0][3] == ["d"]
    kept = (
        HEAD
        + IP
        + (
            'layer { name: "c" type: "InnerProduct" bottom: "d" top: "c" inner_product_param '
            '{ num_output: 1 } } layer { name: "hush" type: "Silence" bottom: "l" bottom: "c" }'
        )
    )
    assert layers(kept)[-1] == ("hush", "Silence", ["c"], [])


def test_old_inputs_become_a_layer_and_comments_stay() -> None:
    text = "# top\nname: 'n'  # name\ninput: 'd' # in\ninput_dim: [2, 3, 1, 1]\n\n# scores\n" + IP
    done = deploy(text, batch=7)
    assert "# top\nname: 'n'  # name\n" in done.text and "# scores\n" + IP in done.text
    assert "input_dim" not in done.text
    assert Net(done.text).blobs["d"].shape == (7, 3, 1, 1)
    assert "# - 'input' (Input) has other shapes: 'd' 7 x 3 x 1 x 1\n" in done.text


def test_constants_and_rules_of_stages() -> None:
    text = (
        'layer { name: "r" type: "DummyData" top: "d" dummy_data_param { shape { dim: [4, 3] } '
        'data_filler { type: "gaussian" } } }'
        'layer { name: "k" type: "DummyData" top: "k" dummy_data_param { shape { dim: [1, 4] } '
        'data_filler { value: 2 } } include { stage: "k" } }'
        f"{IP}"
        'layer { name: "t" type: "Tile" bottom: "k" top: "t" tile_param { tiles: 2 } '
        'include { stage: "k" } }'
    )
    assert [x[:2] for x in layers(text)] == [("r", "Input"), ("ip", "InnerProduct")]
    found = layers(text, stages=["k"])
    assert [x[1] for x in found] == ["Input", "DummyData", "InnerProduct", "Tile"]


def test_a_net_for_use_stays_as_it_is() -> None:
    for text in (deploy(HEAD + IP).text, (MODELS / "lenet.prototxt").read_text()):
        again = deploy(text)
        assert again.text == text
        assert again.changes == ["is for use already, nothing was changed"]


def test_errors() -> None:
    nothing = HEAD + 'layer { name: "x" type: "EuclideanLoss" bottom: "d" bottom: "d" top: "x" }'
    with pytest.raises(NetError, match="nothing is left"):
        deploy(nothing)
    image = (
        'layer { name: "d" type: "Data" top: "d" top: "l" '
        'data_param { source: "none" batch_size: 3 } }'
    )
    with pytest.raises(ProtonetError, match="--shape d=3,3,H,W"):
        deploy(image + IP)
    net = Net(deploy(image + IP, shapes={"d": (9, 3, 4, 4)}).text)
    assert net.blobs["d"].shape == (1, 3, 4, 4)
