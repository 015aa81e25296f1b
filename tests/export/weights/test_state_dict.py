"""State dicts of PyTorch: which tensors go where, and that the numbers are PyTorch's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.errors import WeightsError
from protonet.export.weights import load_state_dict, read_names

GOLDEN = Path(__file__).with_name("torch")
CONVNET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 6 } } }
layer { name: "conv1" type: "Convolution" bottom: "x" top: "c1"
  convolution_param { num_output: 4 kernel_size: 3 pad: 1 %s } }
layer { name: "bn1" type: "BatchNorm" bottom: "c1" top: "c1" }
layer { name: "scale1" type: "Scale" bottom: "c1" top: "c1" scale_param { bias_term: true } }
layer { name: "prelu" type: "PReLU" bottom: "c1" top: "c1" }
layer { name: "conv2" type: "Convolution" bottom: "c1" top: "c2"
  convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
layer { name: "bn2" type: "BatchNorm" bottom: "c2" top: "c2" }
layer { name: "scale2" type: "Scale" bottom: "c2" top: "c2" scale_param { bias_term: true } }
layer { name: "relu" type: "ReLU" bottom: "c2" top: "c2" }
layer { name: "up" type: "Deconvolution" bottom: "c2" top: "up"
  convolution_param { num_output: 2 kernel_size: 2 stride: 2 } }
layer { name: "classifier" type: "InnerProduct" bottom: "up" top: "y"
  inner_product_param { num_output: 5 %s } }
"""
LSTM = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 5 dim: 2 dim: 3 } } }
layer { name: "on" type: "Input" top: "cont" input_param { shape { dim: 5 dim: 2 } } }
layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "y"
  recurrent_param { num_output: 4 } }
"""


def golden(name: str) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    with np.load(GOLDEN / name) as file:
        state = {k.partition(":")[2]: file[k] for k in file.files if k.startswith("state:")}
        return state, file["x"], file["y"]


@pytest.mark.parametrize(
    ("conv", "linear"),
    [("bias_term: false", ""), ("", "transpose: true")],  # a bias of zeros; the other order
)
def test_a_net_gives_what_pytorch_gave(conv: str, linear: str) -> None:
    state, x, y = golden("convnet.npz")
    net = Net(CONVNET % (conv, linear))
    loaded = load_state_dict(net, state)
    np.testing.assert_allclose(net.forward(x=x)["y"], y, rtol=1e-5, atol=1e-5)
    assert {match.layer: (match.module, match.why) for match in loaded.matches} == {
        "conv1": ("features.0", "shape"),
        "bn1": ("features.1", "numbers"),
        "scale1": ("features.1", "batch norm"),
        "prelu": ("features.2", "shape"),
        "conv2": ("features.3", "shape"),
        "bn2": ("features.4", "numbers"),
        "scale2": ("features.4", "batch norm"),
        "up": ("features.6", "shape"),
        "classifier": ("classifier", "name"),
    }
    assert not loaded.unused and not loaded.missing


def test_an_lstm_gives_what_pytorch_gave() -> None:
    state, x, y = golden("lstm.npz")
    net = Net(LSTM)
    load_state_dict(net, state)
    cont = np.ones((5, 2))
    cont[0] = 0
    np.testing.assert_allclose(net.forward(x=x, cont=cont)["y"], y, rtol=1e-5, atol=1e-6)


def two_alike(names: str) -> dict[str, np.ndarray]:
    return {f"{name}.weight": np.full((3, 3), i, np.float32) for i, name in enumerate(names)}


TWO = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
layer { name: "p" type: "InnerProduct" bottom: "x" top: "p"
  inner_product_param { num_output: 3 bias_term: false } }
layer { name: "q" type: "InnerProduct" bottom: "p" top: "q"
  inner_product_param { num_output: 3 bias_term: false } }
"""


def test_nothing_is_guessed() -> None:
    net = Net(TWO, seed=1)
    before = net.params["p"][0].data.copy()
    with pytest.raises(WeightsError) as caught:
        load_state_dict(net, two_alike("ab"))
    lines = str(caught.value).splitlines()
    assert lines[0] == (
        "layer 'p' (InnerProduct): blobs (3, 3) fit a, b: "
        "say which in a map: a line with a module and a layer"
    )
    assert lines[1].startswith("layer 'q' (InnerProduct)")
    assert (net.params["p"][0].data == before).all()
    loaded = load_state_dict(net, two_alike("ab"), [("b", "p")])  # which leaves one for q
    assert [(m.module, m.layer, m.why) for m in loaded.matches] == [
        ("b", "p", "map"),
        ("a", "q", "shape"),
    ]
    assert (net.params["p"][0].data == 1).all() and (net.params["q"][0].data == 0).all()


def test_numbers_count_as_numbers() -> None:
    state = {f"body.{n}.weight": np.full((3, 3), n, np.float32) for n in (10, 9)}
    net = Net(TWO)
    load_state_dict(net, state)
    assert (net.params["p"][0].data == 9).all() and (net.params["q"][0].data == 10).all()


def test_what_is_not_there() -> None:
    net = Net(TWO)
    with pytest.raises(WeightsError, match=r"layer 'q' .*the state dict has no module for blobs"):
        load_state_dict(net, {"p.weight": np.ones((3, 3))})
    state = {"p.weight": np.ones((3, 3)), "other.weight": np.ones(7)}
    loaded = load_state_dict(net, state, partial=True)
    assert (loaded.missing, loaded.unused) == (["q"], ["other"])
    assert (net.params["p"][0].data == 1).all()


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("aa", "p"), "has no module 'aa'"),
        (("a", "r"), "the net has no layer 'r' with parameters"),
        (("c", "p"), r"layer 'p' .*module 'c' does not fit: it has weight \(4, 3\)"),
    ],
)
def test_maps_that_do_not_fit(pair: tuple[str, str], message: str) -> None:
    state = two_alike("ab") | {"c.weight": np.ones((4, 3))}
    with pytest.raises(WeightsError, match=message):
        load_state_dict(Net(TWO), state, [pair])


def test_a_map_may_name_a_linear_for_a_convolution_over_all() -> None:
    net = Net(
        'layer { name: "in" type: "Input" top: "x" '
        "input_param { shape { dim: 1 dim: 2 dim: 2 dim: 3 } } }"
        'layer { name: "fc" type: "Convolution" bottom: "x" top: "y" '
        "convolution_param { num_output: 4 kernel_h: 2 kernel_w: 3 bias_term: false } }"
    )
    w = np.arange(48, dtype=np.float32).reshape(4, 12)
    with pytest.raises(WeightsError, match="no module"):
        load_state_dict(net, {"a.weight": w})
    load_state_dict(net, {"a.weight": w}, [("a", "fc")])
    x = np.random.default_rng(0).random((1, 2, 2, 3), np.float32)
    y = net.forward(x=x)["y"].reshape(-1)
    np.testing.assert_allclose(y, w @ x.reshape(-1), rtol=1e-5)


def test_names_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text(
        "# PyTorch  Caffe\nfeatures.0 conv1\n\nfeatures.1 bn1 # and\nfeatures.1 scale1\n"
    )
    assert read_names(path) == [
        ("features.0", "conv1"),
        ("features.1", "bn1"),
        ("features.1", "scale1"),
    ]
    path.write_text("a b\na b c\n")
    with pytest.raises(WeightsError, match=r"names\.txt:2: 3 words, where"):
        read_names(path)
    with pytest.raises(WeightsError, match="no such file"):
        read_names(tmp_path / "none")
