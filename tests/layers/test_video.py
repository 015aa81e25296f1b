"""C3D's layers, CTPN's Lstm and the decoder: against other ways to compute, and bad settings."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError, PrototxtError, ShapeError

FILLERS = 'weight_filler { type: "gaussian" std: 0.5 } bias_filler { value: 0.25 }'


def net(layer: str, *shapes: tuple[int, ...], tops: str = "t") -> Net:
    inputs = "\n".join(
        f'layer {{ name: "b{i}" type: "Input" top: "b{i}" input_param {{ shape {{ '
        f"{' '.join(f'dim: {d}' for d in shape)} }} }} }}"
        for i, shape in enumerate(shapes)
    )
    bottoms = " ".join(f'bottom: "b{i}"' for i in range(len(shapes)))
    named = " ".join(f'top: "{top}"' for top in tops.split())
    text = f'force_backward: true\n{inputs}\nlayer {{ name: "l" {bottoms} {named}\n{layer} }}'
    return Net(text, dtype="float64", seed=1)


def test_convolution3d_is_a_convolution_with_three_axes() -> None:
    volume = net(
        'type: "Convolution3D" convolution3d_param { num_output: 3 kernel_size: 3 kernel_depth: 2 '
        f"stride: 2 temporal_stride: 1 pad: 1 temporal_pad: 0 {FILLERS} }}",
        (2, 3, 4, 5, 6),
    )
    plain = net(
        'type: "Convolution" convolution_param { num_output: 3 kernel_size: 2 kernel_size: 3 '
        f"kernel_size: 3 stride: 1 stride: 2 stride: 2 pad: 0 pad: 1 pad: 1 {FILLERS} }}",
        (2, 3, 4, 5, 6),
    )
    for a, b in zip(volume.params["l"], plain.params["l"]):
        b.data[...] = a.data.reshape(b.shape)
    for each in (volume, plain):
        each.blobs["b0"].data[...] = np.random.default_rng(2).normal(size=(2, 3, 4, 5, 6))
        each.run_forward()
        each.blobs["t"].diff[...] = np.random.default_rng(3).normal(size=each.blobs["t"].shape)
        each.backward()
    np.testing.assert_allclose(volume.blobs["t"].data, plain.blobs["t"].data, rtol=1e-12)
    np.testing.assert_allclose(volume.blobs["b0"].diff, plain.blobs["b0"].diff, rtol=1e-9)
    np.testing.assert_allclose(
        volume.params["l"][1].diff.reshape(-1), plain.params["l"][1].diff, rtol=1e-9
    )


@pytest.mark.parametrize(
    ("layer", "what"),
    [
        ("Convolution3D convolution3d_param { num_output: 1 kernel_size: 2 }", "kernel_depth is"),
        (
            "Convolution3D convolution3d_param { num_output: 2 kernel_size: 2 kernel_depth: 1 "
            "group: 2 }",
            "group is 2",
        ),
        ("Pooling3D pooling3d_param { kernel_size: 2 kernel_depth: 1 pad: 1 }", "MAX takes no pad"),
        ("Pooling3D pooling3d_param { kernel_size: 2 kernel_depth: 1 pad_w0: 1 }", "pad_w0 is of"),
        (
            "Pooling3D pooling3d_param { kernel_size: 2 kernel_depth: 1 pool: STOCHASTIC }",
            "not served",
        ),
    ],
)
def test_bad_settings_point_to_their_line(layer: str, what: str) -> None:
    kind, _, rest = layer.partition(" ")
    with pytest.raises(PrototxtError, match=rf":\d+: .*{what}"):
        net(f'type: "{kind}" {rest}', (1, 2, 3, 4, 4))


@pytest.mark.parametrize("kind", ["Convolution3D", "Pooling3D"])
def test_a_window_that_does_not_fit_and_a_picture_are_refused(kind: str) -> None:
    output = "num_output: 1" if kind == "Convolution3D" else ""
    text = f'type: "{kind}" {kind.lower()}_param {{ {output} kernel_size: 2 kernel_depth: 5 }}'
    with pytest.raises(ShapeError, match="a window of 5 x 2 x 2 does not fit into 3 x 4 x 4"):
        net(text, (1, 2, 3, 4, 4))
    with pytest.raises(ShapeError, match="does not have the five axes"):
        net(text, (1, 2, 4, 4))


# -- Lstm --------------------------------------------------------------------------------------


def lstm(*shapes: tuple[int, ...]) -> Net:
    return net(f'type: "Lstm" lstm_param {{ num_output: 3 {FILLERS} }}', *shapes)


def test_lstm_is_that_of_caffe_with_its_weights_in_another_order() -> None:
    ours = lstm((4, 2, 5), (4, 2))
    caffes = net(f'type: "LSTM" recurrent_param {{ num_output: 3 {FILLERS} }}', (4, 2, 5), (4, 2))
    w_x, w_h, b = ours.params["l"]
    for blob, source in zip(caffes.params["l"], (w_x, b, w_h)):
        blob.data[...] = source.data
    marks = [[0, 0], [1, 1], [1, 0], [1, 1]]
    for _ in range(2):  # the second pass goes on where the first one ended
        for each in (ours, caffes):
            each.blobs["b0"].data[...] = np.random.default_rng(2).normal(size=(4, 2, 5))
            each.blobs["b1"].data[...] = marks
            each.run_forward()
        np.testing.assert_allclose(ours.blobs["t"].data, caffes.blobs["t"].data, rtol=1e-12)
        marks[0] = [1, 0]


def test_lstm_without_marks_starts_anew_at_every_pass() -> None:
    made = lstm((3, 2, 5))
    made.blobs["b0"].data[...] = np.random.default_rng(2).normal(size=(3, 2, 5))
    made.run_forward()
    first = made.blobs["t"].data.copy()
    made.run_forward()
    np.testing.assert_array_equal(made.blobs["t"].data, first)


def test_lstm_wants_marks_for_each_step() -> None:
    with pytest.raises(ShapeError, match=r"the marks have shape \(2, 4\)"):
        lstm((4, 2, 5), (2, 4))


# -- CTCGreedyDecoder -----------------------------------------------------------------------------


def decoded(best: list[int], settings: str = "", marks: list[int] | None = None) -> list[float]:
    made = net(f'type: "CTCGreedyDecoder" {settings}', (len(best), 1, 3), (len(best), 1))
    made.blobs["b0"].data[np.arange(len(best)), 0, best] = 1
    made.blobs["b1"].data[:, 0] = marks or [1] * len(best)
    made.run_forward()
    return made.blobs["t"].data[0, :, 0, 0].tolist()


def test_decoding_by_hand() -> None:
    blank0, apart = "{ blank_index: 0 }", "{ ctc_merge_repeated: false }"
    assert decoded([0, 0, 2, 0, 1]) == [0, 0, 1, -1, -1]
    assert decoded([0, 0, 2, 1, 1], f"ctc_decoder_param {blank0}") == [2, 1, -1, -1, -1]
    assert decoded([0, 0, 2, 1, 1], f"ctc_decoder_param {apart}") == [0, 0, 1, 1, -1]
    assert decoded([0, 1, 0, 1], marks=[0, 1, 0, 1]) == [0, 1, -1, -1]


def test_a_share_of_sequences_is_found() -> None:
    made = net('type: "CTCGreedyDecoder"', (3, 2, 4), (3, 2), (3, 2), tops="t score acc")
    made.blobs["b0"].data[[0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 3]] = 0.5
    made.blobs["b1"].data[...] = 1
    made.blobs["b2"].data[...] = np.array([[0, 1, -1], [0, 1, 2]]).T  # found: 0 1 2 and 0 1
    made.run_forward()
    np.testing.assert_array_equal(made.blobs["score"].data.ravel(), [-1.5, -1.5])
    assert made.blobs["acc"].data.item() == 0.5


def test_bad_decoders() -> None:
    with pytest.raises(PrototxtError, match=r":\d+: .*blank_index is 4, there are 3 classes"):
        net('type: "CTCGreedyDecoder" ctc_decoder_param { blank_index: 4 }', (4, 1, 3), (4, 1))
    with pytest.raises(NetError, match="the third top needs the right labels"):
        net('type: "CTCGreedyDecoder"', (4, 1, 3), (4, 1), tops="t u v")
    with pytest.raises(ShapeError, match=r"bottom 1 has shape \(1, 4\)"):
        net('type: "CTCGreedyDecoder"', (4, 1, 3), (1, 4))
