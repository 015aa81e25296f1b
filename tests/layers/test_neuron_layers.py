"""Settings and corners of the layers that work value by value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.errors import NetError, PrototxtError, ShapeError
from protonet.net.net import Net

from .one_pass import bench, forward


def slopes(layer: str, x: object, in_place: bool = False) -> list[float]:
    """dx for dy = 1."""
    found = bench(layer, x, in_place=in_place).forward()
    for blob in found.layer.blobs:
        blob.diff.fill(0)
    found.top[0].diff.fill(1)
    found.backward()
    return found.bottom[0].diff.tolist()


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("layer", "x", "want"),
    [
        ('type: "ReLU"', [-1, 0, 1], [0, 0, 1]),
        ('type: "ReLU" relu_param { negative_slope: -2 }', [-1, 0, 1], [-2, -2, 1]),
        ('type: "ELU" elu_param { alpha: -2 }', [0, 1], [-2, 1]),
        ('type: "ELU" elu_param { alpha: 0 }', [-1, 1], [0, 1]),
        ('type: "Clip" clip_param { min: -1 max: 1 }', [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]),
        ('type: "Clip"', [-1, 0, 1], [0, 1, 0]),
        ('type: "Power" power_param { power: 3 }', [-2, 0, 1], [12, 0, 3]),
        ('type: "Power" power_param { power: 2 scale: 0 shift: 3 }', [-2, 1], [0, 0]),
        ('type: "Log" log_param { base: 2 }', [math.log2(math.e)], [1]),
        ('type: "Sigmoid"', [-1e4, 0, 1e4], [0, 0.25, 0]),
        ('type: "TanH"', [-1e4, 0, 1e4], [0, 1, 0]),
        ('type: "BNLL"', [-1e4, 0, 1e4], [0, 0.5, 1]),
    ],
)
def test_slopes(layer: str, x: list[float], want: list[float], in_place: bool) -> None:
    np.testing.assert_allclose(slopes(layer, x, in_place), want, rtol=1e-7)


def test_abs_val_has_no_slope_at_zero() -> None:
    assert slopes('type: "AbsVal"', [-3, 0, 2]) == [-1, 0, 1]


def test_constant_powers() -> None:
    assert forward('type: "Power" power_param { power: 0 }', [0, 5])[0].tolist() == [1, 1]
    text = 'type: "Power" power_param { power: 3 scale: 0 shift: 2 }'
    assert forward(text, [0, 5])[0].tolist() == [8, 8]


def test_threshold_is_strict() -> None:
    text = 'type: "Threshold" threshold_param { threshold: 0.5 }'
    assert forward(text, [0.25, 0.5, 0.75])[0].tolist() == [0, 0, 1]
    found = bench(text, [1])
    with pytest.raises(NetError, match="no gradient"):
        found.layer.backward(found.top, [True], found.bottom)


@pytest.mark.parametrize("kind", ["Exp", "Log"])
@pytest.mark.parametrize("base", ["0", "-2", "inf", "nan"])
def test_base_must_be_above_zero(kind: str, base: str) -> None:
    message = f"{kind.lower()}_param"
    with pytest.raises(PrototxtError, match="give one above 0, or -1 for e") as caught:
        bench(f'type: "{kind}" {message} {{ base: {base} }}', [1])
    assert caught.value.field == f"{message}.base"


def test_base_one() -> None:
    with pytest.raises(PrototxtError, match="base is 1"):
        bench('type: "Log" log_param { base: 1 }', [1])
    assert forward('type: "Exp" exp_param { base: 1 }', [-3, 3])[0].tolist() == [1, 1]


def test_prelu_starts_at_a_quarter() -> None:
    found = bench('type: "PReLU"', np.ones((2, 3)))
    assert found.layer.blobs[0].shape == (3,)
    shared = bench('type: "PReLU" prelu_param { channel_shared: true }', np.ones((2, 3)))
    assert shared.layer.blobs[0].shape == ()
    for layer in (found.layer, shared.layer):
        fresh = type(layer)(layer.param, layer.context)
        fresh.setup(found.bottom, found.top)
        assert (fresh.blobs[0].data == 0.25).all()


def test_prelu_shapes() -> None:
    with pytest.raises(ShapeError, match="channel axis"):
        bench('type: "PReLU"', np.ones(3))
    found = bench('type: "PReLU"', np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"shape \(2, 4\), the slopes \(3,\)"):
        found.reshape([(2, 4)])


@pytest.mark.parametrize("axis", [2, -3])
def test_softmax_axis(axis: int) -> None:
    with pytest.raises(ShapeError, match=f"axis {axis} is out of range") as caught:
        bench(f'type: "Softmax" softmax_param {{ axis: {axis} }}', np.ones((2, 3)))
    assert caught.value.field == "softmax_param.axis"


def test_clip_bounds_the_wrong_way_round_are_refused():
    text = (
        'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 2 dim: 3 } } }\n'
        'layer { name: "c" type: "Clip" bottom: "d" top: "c" clip_param { min: 2 max: 1 } }'
    )
    with pytest.raises(PrototxtError, match=r"2: layer 'c' .*min 2 is above max 1"):
        Net(text)


def test_a_power_too_large_to_compute_with_is_refused_when_built():
    with pytest.raises(PrototxtError, match=r"shift is 800") as caught:
        bench('type: "Exp" exp_param { shift: 800 }', (2, 3))
    assert caught.value.field == "exp_param.shift"


@pytest.mark.parametrize("filler", ["xavier", "msra", "positive_unitball"])
def test_a_shared_slope_takes_no_filler_that_divides_by_an_axis(filler):
    with pytest.raises(ShapeError, match="needs an axis") as caught:
        bench(
            f'type: "PReLU" prelu_param {{ channel_shared: true filler {{ type: "{filler}" }} }}',
            np.ones((2, 3)),
        )
    assert caught.value.field == "prelu_param.filler.type"
