"""The layers of layers/channel: what each value becomes, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError

from .one_pass import bench, forward

RNG = np.random.default_rng(5)
X = RNG.standard_normal((2, 6, 3, 4))


def test_relu6_stops_at_its_bound():
    x = [[-2.0, 0, 3, 6, 7]]
    layer = 'type: "ReLU6" relu6_param { negative_slope: 0.5 }'
    found = bench(layer, x).forward()
    assert found.top[0].data.tolist() == [[-1, 0, 3, 6, 6]]
    found.top[0].diff[...] = 1
    found.backward()
    assert found.bottom[0].diff.tolist() == [[0.5, 0.5, 1, 0, 0]]


def test_relu_stops_at_6_if_it_is_told_to():
    layer = 'type: "ReLU" relu_param { relu6: true negative_slope: 0.5 }'
    found = bench(layer, [[-2.0, 0, 3, 6, 7]]).forward()
    assert found.top[0].data.tolist() == [[-1, 0, 3, 6, 6]]
    found.top[0].diff[...] = 1
    found.backward()
    assert found.bottom[0].diff.tolist() == [[0.5, 0.5, 1, 0, 0]]
    with pytest.raises(PrototxtError, match="relu6 with a negative negative_slope"):
        bench('type: "ReLU" relu_param { relu6: true negative_slope: -1 }', X)


def test_axes_of_length_1_are_taken_out():
    x = RNG.standard_normal((1, 3, 1, 2))
    assert forward('type: "Squeeze"', x)[0].tolist() == x[0, :, 0].tolist()
    layer = 'type: "Squeeze" squeeze_param { axis: -2 axis: 2 }'
    assert forward(layer, x)[0].tolist() == x[:, :, 0].tolist()
    with pytest.raises(ShapeError, match=r"axis 1 of shape .* is 3 long: only axes of length 1"):
        forward('type: "Squeeze" squeeze_param { axis: 1 }', x)


def test_channels_are_dealt_out_in_turn():
    x = np.arange(6.0).reshape(1, 6)
    layer = 'type: "ShuffleChannel" shuffle_channel_param { group: 2 }'
    assert forward(layer, x)[0].tolist() == [[0, 3, 1, 4, 2, 5]]


def test_depthwise_filters_see_their_own_channel_only():
    layer = (
        'type: "ConvolutionDepthwise" convolution_param { kernel_size: 1 num_output: 99 group: 5 }'
    )
    found = bench(layer, X)
    w, b = (blob.data for blob in found.layer.blobs)
    assert (w.shape, b.shape) == ((6, 1, 1, 1), (6,))
    want = X * w.reshape(6, 1, 1) + b.reshape(6, 1, 1)
    np.testing.assert_allclose(found.forward().top[0].data, want, rtol=1e-12)


def test_margin_of_the_true_class():
    scores, labels = [[0.1, 0.5], [0.9, 0.2]], [1, 0]
    layer = 'type: "LabelSpecificAdd" label_specific_add_param { bias: -0.6 }'
    # Only the score above 0.6 moves.
    np.testing.assert_allclose(forward(layer, scores, labels)[0], [[0.1, 0.5], [0.3, 0.2]])
    np.testing.assert_array_equal(forward(layer, scores, labels, phase="TEST")[0], scores)


def test_a_growing_margin_goes_on_from_its_state():
    layer = (
        'type: "LabelSpecificAdd" label_specific_add_param { bias_base: -0.5 bias_gamma: 1 '
        "bias_power: 0.5 bias_min: -1 bias_max: 0.6 iteration: 3 }"
    )
    found = bench(layer, [[0.0]], [0], tops=2)
    shown = [found.forward().top[1].data.item() for _ in range(3)]
    # (1 + k)^0.5 - 1.5 for k = 3, 4, 5, the last two beyond 0.6
    np.testing.assert_allclose(shown, [0.5, 0.6, 0.6])
    later = bench(layer, [[0.0]], [0], tops=2)
    state = found.layer.state()
    assert state == {"passes": 6}
    later.layer.set_state({"passes": 0})
    np.testing.assert_allclose(later.forward().top[1].data, [-0.5])


@pytest.mark.parametrize("label", [4, -1, 0.5, np.nan])
def test_labels_that_are_no_class(label):
    with pytest.raises(DataError, match="label"):
        forward('type: "LabelSpecificAdd"', np.zeros((2, 4)), [0, label])


@pytest.mark.parametrize(
    ("layer", "shapes", "kind", "message"),
    [
        ('type: "ReLU6" relu6_param { n: 0 }', [(2,)], PrototxtError, "n is 0"),
        (
            'type: "ReLU6" relu6_param { negative_slope: -1 }',
            [(2,)],
            PrototxtError,
            "negative_slope is -1",
        ),
        ('type: "Axpy"', [(2, 2), (2, 3), (2, 3)], ShapeError, "one factor for each"),
        ('type: "Axpy"', [(2, 3), (2, 3), (2, 3, 1)], ShapeError, "both must be alike"),
        (
            'type: "ShuffleChannel" shuffle_channel_param { group: 4 }',
            [(2, 6)],
            PrototxtError,
            "group 4 does not divide the 6 channels",
        ),
        ('type: "ShuffleChannel"', [(6,)], ShapeError, "channel axis"),
        ('type: "Flip"', [(2, 3)], ShapeError, "four axes"),
        ('type: "Reverse" reverse_param { axis: 2 }', [(2, 3)], ShapeError, "axis 2"),
        (
            'type: "Transpose" transpose_param { dim: 0 dim: 0 }',
            [(2, 3)],
            PrototxtError,
            "dim names 0, 0, the bottom has 2 axes",
        ),
        ('type: "Transpose"', [(2, 3)], PrototxtError, "dim names nothing"),
        ('type: "GRN" grn_param { bias: -1 }', [(2, 3)], PrototxtError, "bias is -1"),
        ('type: "GRN"', [(3,)], ShapeError, "channel axis"),
        ('type: "LabelSpecificAdd"', [(2, 3), (3,)], ShapeError, "one label an item"),
        (
            'type: "LabelSpecificAdd" label_specific_add_param { bias_base: 1 bias_min: 2 }',
            [(2, 3), (2,)],
            PrototxtError,
            "bias_min 2 is above bias_max 0",
        ),
        ('type: "ChannelScale"', [(2, 3), (2, 3)], ShapeError, "with one channel"),
        (
            'type: "ChannelScale" channel_scale_param { global_scale: true }',
            [(2, 3), (2, 1)],
            PrototxtError,
            "global_scale is not supported",
        ),
    ],
)
def test_faults(layer, shapes, kind, message):
    with pytest.raises(kind, match=message):
        bench(layer, *(np.zeros(shape) for shape in shapes))
