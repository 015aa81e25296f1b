"""Python layers that are built in beside Faster R-CNN's: they run without consent."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.errors import NetError, PrototxtError, ShapeError

from .test_yolo import reorganised

LAYER = """
layer {{ name: "in" type: "Input" top: "x" input_param {{ shape {{ {dims} }} }} }}
layer {{ name: "l" type: "Python" bottom: "x" top: "y"
  python_param {{ module: "{module}" layer: "{cls}" param_str: "{param_str}" }} }}
"""
DROPOUT = "{'phase': '%s', 'p': '0.25'}"
PADDING = "{'pad_t': 1, 'pad_b': 2, 'pad_l': 0, 'pad_r': 3, 'pad_mode': '%s'}"


def net(name: str, shape: tuple[int, ...], param_str: str = "") -> Net:
    module, cls = name.split(".")
    dims = " ".join(f"dim: {n}" for n in shape)
    text = LAYER.format(dims=dims, module=module, cls=cls, param_str=param_str)
    made = Net("force_backward: true" + text, phase=TRAIN, seed=3, dtype="float64")
    made.blobs["x"].data[...] = np.random.default_rng(5).standard_normal(shape)
    made.run_forward()
    made.blobs["y"].diff[...] = np.random.default_rng(6).standard_normal(made.blobs["y"].shape)
    made.backward()
    return made


def arrays(made: Net) -> tuple[np.ndarray, np.ndarray]:
    return made.blobs["x"].data, made.blobs["y"].data


def is_linear(made: Net) -> bool:
    """<dy, y> = <dx, x>: true of the gradient of a linear layer, and of each of its values."""
    x, y = (made.blobs[name] for name in "xy")
    return bool(np.isclose((x.data * x.diff).sum(), (y.data * y.diff).sum(), rtol=1e-12))


def test_darknets_reorg() -> None:
    made = net("yolov2.darknet_reorg", (2, 8, 4, 6))
    x, y = arrays(made)
    np.testing.assert_array_equal(y, reorganised(x, 2))
    assert is_linear(made)
    with pytest.raises(ShapeError, match="3 x 4 is not divisible by stride 2"):
        net("yolov2.darknet_reorg", (1, 4, 3, 4))


def test_padding() -> None:
    made = net("pad.PadTensor", (2, 3, 4, 5), PADDING % "constant")
    x, y = arrays(made)
    np.testing.assert_array_equal(y, np.pad(x, ((0, 0), (0, 0), (1, 2), (0, 3))))
    assert is_linear(made)


@pytest.mark.parametrize(
    ("param_str", "what"),
    [
        (PADDING % "reflect", "pad_mode is 'reflect'"),
        ("{'pad_t': 1}", "pad_b is missing"),
        ("{'pad_t': -1}", "pad_t is -1"),
        ("3", "param_str is '3'"),
    ],
)
def test_padding_refuses(param_str: str, what: str) -> None:
    with pytest.raises(PrototxtError, match=what):
        net("pad.PadTensor", (1, 1, 2, 2), param_str)


def test_shape() -> None:
    made = net("shape.TensorShape", (2, 3, 5))
    assert made.blobs["y"].data.tolist() == [2, 3, 5]
    assert not made.blobs["x"].diff.any()


def test_whole_maps_are_dropped() -> None:
    made = net("spatial_dropout.SpatialDropoutLayer", (30, 40, 2, 3), DROPOUT % "TRAIN")
    x, y = arrays(made)
    factor = y / x
    assert set(np.unique(factor.round(12))) == {0, round(1 / 0.75, 12)}
    np.testing.assert_allclose(factor, np.broadcast_to(factor[..., :1, :1], x.shape))
    assert abs((factor[..., 0, 0] == 0).mean() - 0.25) < 0.05
    kept = factor[..., 0, 0] != 0
    assert abs((kept[1:] & kept[:-1]).mean() - 0.75**2) < 0.05  # drawn anew for each item
    assert is_linear(made)


def test_without_dropping_maps_are_scaled_too() -> None:
    x, y = arrays(net("spatial_dropout.SpatialDropoutLayer", (2, 3, 4, 4), DROPOUT % "TEST"))
    np.testing.assert_allclose(y, x / 0.75, rtol=1e-14)


@pytest.mark.parametrize(
    ("param_str", "what"),
    [
        ("{'phase': 'TEST', 'p': '1'}", "p is '1'"),
        ("{'phase': 'TEST', 'p': 'x'}", "p is 'x'"),
        ("{'p': 0.5}", "phase is missing"),
    ],
)
def test_dropout_refuses(param_str: str, what: str) -> None:
    with pytest.raises(PrototxtError, match=what):
        net("spatial_dropout.SpatialDropoutLayer", (1, 2, 2, 2), param_str)


def test_one_bottom() -> None:
    text = LAYER.format(dims="dim: 2", module="shape", cls="TensorShape", param_str="")
    with pytest.raises(NetError, match="2 bottoms: TensorShape takes 1"):
        Net(text.replace('bottom: "x"', 'bottom: "x" bottom: "x"'))
