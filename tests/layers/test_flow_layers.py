"""The layers of layers/flow: closed forms and faults."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NetError, PrototxtError, ShapeError

from .one_pass import bench, forward, loss_and_gradient

ONE = np.zeros((1, 1, 2, 2))
RAMP = np.add.outer(10 * np.arange(4.0), np.arange(4.0))[None, None]


@pytest.mark.parametrize("kind", ["LINEAR", "CUBIC"])
def test_resampled_ramps_stay_ramps_inside(kind):
    layer = f'type: "Resample" resample_param {{ height: 8 width: 8 type: {kind} }}'
    y = forward(layer, RAMP)[0][0, 0]
    places = np.arange(8) / 2 - 0.25
    inside = slice(3, 5) if kind == "CUBIC" else slice(1, 7)
    want = np.add.outer(10 * places, places)[inside, inside]
    np.testing.assert_allclose(y[inside, inside], want, atol=1e-12)


def test_the_nearest_cell():
    y = forward('type: "Resample" resample_param { height: 2 width: 2 type: NEAREST }', RAMP)[0]
    # 2 o + 2/2 - 1/2 = 0.5 and 2.5, halves up
    assert y[0, 0].tolist() == [[11, 13], [31, 33]]
    # Unequal factors leave the plane: 4 o + 1/2 - 1/2 and o + 4/2 - 1/2 = 1.5 .. 4.5
    y = forward('type: "Resample" resample_param { height: 1 width: 4 type: NEAREST }', RAMP)[0]
    assert y[0, 0].tolist() == [[2, 3, 3, 3]]


def test_unknown_values_are_left_out_of_a_mean():
    row = np.array([1.0, np.nan, 3, 4, 5])
    x = np.stack([row] * 5)[None, None]
    y = forward('type: "Downsample" downsample_param { top_height: 5 top_width: 3 }', x)[0]
    # Weights 1, 1/2 at the ends, 1/2, 1, 1/2 in the middle: without one NaN what is left
    # outweighs it twice at the left end and three times in the middle.
    np.testing.assert_allclose(y[0, 0, 0], [1, (3 + 4 / 2) / 1.5, (5 + 4 / 2) / 1.5])
    x[..., 2] = np.nan
    y = forward('type: "Downsample" downsample_param { top_height: 5 top_width: 3 }', x)[0]
    np.testing.assert_allclose(y[0, 0, 0], [1, np.nan, (5 + 4 / 2) / 1.5])


def test_l1_by_hand():
    a, b = [[1.0, -2], [np.nan, 0.25]], [[0.0, 0], [0, 0]]
    loss, gradient = loss_and_gradient('type: "L1Loss"', a, b, weight=4)
    assert loss == 3.25 / 2
    assert gradient.tolist() == [[2, -2], [0, 2]]
    layer = 'type: "L1Loss" l1_loss_param { plateau: 0.5 normalize_by_num_entries: true }'
    loss, gradient = loss_and_gradient(layer, a, b)
    assert loss == 3 / (3 / 2)
    np.testing.assert_allclose(gradient, [[2 / 3, -2 / 3], [0, 0]])


def test_a_difference_of_nothing_pulls_down():
    """As in the fork, whose sign of 0 is -1."""
    assert loss_and_gradient('type: "L1Loss"', [[0.0]], [[0.0]])[1].tolist() == [[-1]]


def test_lengths_by_hand():
    layer = 'type: "L1Loss" l1_loss_param { l2_per_location: true epsilon: 11 plateau: 1 }'
    a, b = [[[3.0, 0], [4, 0.5]]], np.zeros((1, 2, 2))
    loss, gradient = loss_and_gradient(layer, a, b)
    np.testing.assert_allclose(loss, 6 + np.sqrt(11))
    np.testing.assert_allclose(gradient, [[[3 / 6, 0], [4 / 6, 0]]])


def test_nothing_known_is_no_loss():
    layer = 'type: "L1Loss" l1_loss_param { normalize_by_num_entries: true }'
    loss, gradient = loss_and_gradient(layer, [[np.nan, np.nan]], [[0.0, 0]])
    assert (loss, gradient.tolist()) == (0, [[0, 0]])


@pytest.mark.parametrize("scaled", ["true", "false"])
def test_no_gradient_where_there_is_no_length(scaled):
    layer = (
        'type: "L1Loss" l1_loss_param { l2_per_location: true epsilon: 0 '
        f"l2_prescale_by_channels: {scaled} }}"
    )
    assert loss_and_gradient(layer, [[0.0]], [[0.0]])[1].tolist() == [[0]]


@pytest.mark.parametrize(
    ("layer", "bottoms", "kind", "message"),
    [
        (
            'type: "Resample" resample_param { type: AREA height: 1 width: 1 }',
            [ONE],
            PrototxtError,
            "AREA is not supported",
        ),
        ('type: "Resample"', [ONE], PrototxtError, "no size is given"),
        ('type: "Resample"', [np.zeros((2, 2))], ShapeError, "bottom 0: .* four axes"),
        ('type: "Resample"', [ONE, np.zeros((2, 2))], ShapeError, "bottom 1: .* four axes"),
        ('type: "Downsample"', [ONE], PrototxtError, "no size is given"),
        (
            'type: "Downsample" downsample_param { top_height: 3 top_width: 2 }',
            [ONE],
            ShapeError,
            "cannot shrink to 3 x 2",
        ),
        (
            'type: "Downsample" downsample_param { top_height: 1 top_width: 2 }',
            [ONE],
            ShapeError,
            "cannot shrink to 1 x 2",
        ),
        ('type: "FlowWarp"', [ONE, ONE], ShapeError, "its flow"),
        (
            'type: "Correlation" correlation_param { kernel_size: 2 max_displacement: 1 }',
            [ONE, ONE],
            PrototxtError,
            "kernel_size is 2",
        ),
        (
            'type: "Correlation" correlation_param { kernel_size: 1 }',
            [ONE, ONE],
            PrototxtError,
            "max_displacement is missing",
        ),
        (
            'type: "Correlation" correlation_param { kernel_size: 1 max_displacement: 1 }',
            [ONE, ONE],
            ShapeError,
            "no patch fits into 2 x 2",
        ),
        (
            'type: "Correlation" correlation_param { kernel_size: 1 max_displacement: 0 }',
            [ONE, np.zeros((1, 1, 2, 3))],
            ShapeError,
            "of one shape",
        ),
        ('type: "L1Loss"', [ONE, np.zeros((1, 1, 2, 3))], ShapeError, "both must be alike"),
        ('type: "L1Loss"', [np.zeros(3)], ShapeError, "channel axis"),
        ('type: "L1Loss" l1_loss_param { epsilon: -1 }', [ONE], PrototxtError, "epsilon is -1"),
    ],
)
def test_faults(layer, bottoms, kind, message):
    with pytest.raises(kind, match=message):
        bench(layer, *bottoms)


def test_resampling_has_no_way_back():
    found = bench('type: "Resample" resample_param { height: 1 width: 1 }', ONE).forward()
    with pytest.raises(NetError, match="no gradient"):
        found.layer.backward(found.top, [True], found.bottom)


def test_means_of_channels():
    x = np.arange(8.0).reshape(1, 4, 2, 1)
    text = "value: 1 value: 10 input_scale: 3 mean_scale: 2 output_scale: 0.5"
    mean = np.resize([1, 10], (4, 1, 1))
    for operation, sign in (("ADD", 1), ("SUBTRACT", -1)):
        y = forward(f'type: "Mean" mean_param {{ operation: {operation} {text} }}', x)[0]
        np.testing.assert_allclose(y, 0.5 * (3 * x + sign * 2 * mean))


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ("value: 1 value: 2 value: 3", ShapeError, r"\(1, 4, 2, 1\), there are 3 values"),
        ("", PrototxtError, "value is missing"),
        ('file: "mean"', PrototxtError, "file is not served here"),
    ],
)
def test_means_that_do_not_fit(fields, kind, words):
    layer = f'type: "Mean" mean_param {{ operation: ADD {fields} }}'
    with pytest.raises(kind, match=words):
        forward(layer, np.zeros((1, 4, 2, 1)))
