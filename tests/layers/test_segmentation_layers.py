"""The layers of layers/segmentation: closed forms, states and faults."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError
from protonet.net.net import Net
from tests.harness.bench import Bench
from tests.harness.row import Row

from .one_pass import bench, forward

X = np.random.default_rng(7).standard_normal((4, 3, 5, 6)) * 3 + 1


def filled(text: str, fork: str, *shapes, tops: int = 1, phase: str = "TRAIN") -> Bench:
    return Bench(Row("layer", text, shapes, tops=tops, phase=phase, fork=fork))


def test_pspnets_running_statistics_are_those_of_numpy():
    found = filled('type: "BN" bn_param { momentum: 0.75 }', "pspnet", X.shape)
    found.bottom[0].data[...] = X
    slope, bias, mean, var = (blob.data for blob in found.layer.blobs)
    before = mean.copy(), var.copy()
    found.forward()
    want = X.mean((0, 2, 3)), X.var((0, 2, 3))
    for running, old, new in zip((mean, var), before, want):
        np.testing.assert_allclose(running.ravel(), 0.75 * old.ravel() + 0.25 * new, rtol=1e-12)
    of_channel = [v.reshape(3, 1, 1) for v in want]
    y = slope * (X - of_channel[0]) / np.sqrt(of_channel[1] + 1e-5) + bias
    np.testing.assert_allclose(found.top[0].data, y, rtol=1e-10)


@pytest.mark.parametrize(("frozen", "rates"), [("false", [2, 1, 0, 0]), ("true", [0, 0, 0, 0])])
def test_pspnets_statistics_are_not_learnt(frozen, rates):
    entries = "param { lr_mult: 2 } param { lr_mult: 1 } param { lr_mult: 1 } param { lr_mult: 1 }"
    found = filled(f'type: "BN" {entries} bn_param {{ frozen: {frozen} }}', "pspnet", X.shape)
    assert [spec.lr_mult for spec in found.layer.param.param] == rates


def test_segnets_folded_statistics_give_what_learn_gives():
    text = 'type: "BN" bn_param { bn_mode: %s }'
    learn = filled(text % "LEARN", "segnet", X.shape, tops=3)
    learn.bottom[0].data[...] = X
    learn.forward()
    mean, var = (blob.data for blob in learn.top[1:])
    np.testing.assert_allclose(mean.ravel(), X.mean((0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(var.ravel(), X.var((0, 2, 3)), rtol=1e-12)
    folded = filled(text % "INFERENCE", "segnet", X.shape, phase="TEST")
    folded.bottom[0].data[...] = X
    scale, shift = (blob.data for blob in learn.layer.blobs)
    folded.layer.blobs[0].data[...] = scale / np.sqrt(var + 1e-9)
    folded.layer.blobs[1].data[...] = shift - scale * mean / np.sqrt(var + 1e-9)
    np.testing.assert_allclose(folded.forward().top[0].data, learn.top[0].data, atol=1e-10)


def test_interp_keeps_a_plane_that_rises_evenly():
    x = np.add.outer(np.arange(4.0), 10 * np.arange(3.0))[None, None]
    y = forward('type: "Interp" interp_param { height: 7 width: 5 }', x)[0]
    np.testing.assert_allclose(y[0, 0], np.add.outer(np.arange(7) / 2, 5 * np.arange(5)))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("shrink_factor: 2", (3, 4)),
        ("shrink_factor: 2 height: 1 width: 1", (3, 4)),
        ("zoom_factor: 3", (13, 19)),
        ("zoom_factor: 3 shrink_factor: 2", (7, 10)),
        ("zoom_factor: 3 shrink_factor: 2 height: 1 width: 2", (1, 2)),
        ("zoom_factor: 1 pad_beg: -1 pad_end: -2", (2, 4)),
    ],
)
def test_sizes_of_interp(text, size):
    found = bench(f'type: "Interp" interp_param {{ {text} }}', np.zeros((1, 1, 5, 7)))
    assert found.top[0].shape == (1, 1, *size)


def test_a_pooling_and_back():
    """What an Upsample makes of a pooling and its mask: the maxima alone."""
    net = Net(
        """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 1, 2, 4] } } }
        layer { name: "pool" type: "Pooling" bottom: "x" top: "pool" top: "mask"
                pooling_param { kernel_size: 2 stride: 2 } }
        layer { name: "up" type: "Upsample" bottom: "pool" bottom: "mask" top: "up" }
        """
    )
    net.blobs["x"].data[...] = [[[[1, 2, 8, 7], [4, 3, 5, 6]]]]
    net.run_forward()
    assert net.blobs["up"].data.tolist() == [[[[0, 0, 8, 0], [4, 0, 0, 0]]]]


def test_unpooling_without_a_mask_goes_to_the_corners():
    layer = 'type: "Unpooling" unpooling_param { kernel_size: 2 stride: 2 }'
    y = forward(layer, [[[[1.0, 2]]]])[0]
    assert y.tolist() == [[[[1, 0, 2, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]]]


SCORES = np.array([[1.0, 0, 0, 2], [0, 1, 0, 2], [0, 0, 0, 2]]).reshape(1, 3, 1, 4)


def test_measures_of_a_segmentation():
    """Predictions 0, 1, 2 (of equal scores the last), 2; labels 0, 0, 2, 1."""
    y = forward('type: "SegAccuracy"', SCORES, np.array([0, 0, 2, 1]).reshape(1, 1, 1, 4))[0]
    # IoU: class 0 1 of 2, class 1 0 of 2, class 2 1 of 2
    np.testing.assert_allclose(y.ravel(), [2 / 4, (1 / 2 + 0 + 1) / 3, (1 / 2 + 0 + 1 / 2) / 3])


def test_ignored_pixels_and_absent_classes():
    layer = 'type: "SegAccuracy" seg_accuracy_param { ignore_label: 255 ignore_label: 2 }'
    y = forward(layer, SCORES, np.array([0, 255, 2, 255]).reshape(1, 1, 1, 4))[0]
    assert y.ravel().tolist() == [1, 1, 1]
    nothing = forward(layer, SCORES, np.full((1, 1, 1, 4), 255))[0]
    assert nothing.ravel().tolist() == [0, 0, 1]


def test_counts_that_go_on_are_the_state():
    layer = 'type: "SegAccuracy" seg_accuracy_param { reset: false }'
    labels = np.array([0, 0, 2, 1]).reshape(1, 1, 1, 4)
    first = bench(layer, SCORES, labels).forward()
    second = bench(layer, SCORES, np.array([0, 1, 2, 2]).reshape(1, 1, 1, 4))
    second.layer.set_state(first.layer.state())
    np.testing.assert_allclose(second.forward().top[0].data[0, 0, 0, 0], 6 / 8)
    assert bench('type: "SegAccuracy"', SCORES, labels).layer.state() is None


ONE = np.zeros((1, 1, 2, 2))


@pytest.mark.parametrize(
    ("layer", "bottoms", "kind", "message"),
    [
        ('type: "BN" bn_param { momentum: 2 }', [ONE], PrototxtError, "momentum is 2"),
        ('type: "BN" bn_param { frozen: true }', [np.zeros(3)], ShapeError, "channel axis"),
        (
            'type: "Interp" interp_param { pad_beg: 1 zoom_factor: 2 }',
            [ONE],
            PrototxtError,
            "pad_beg is 1",
        ),
        (
            'type: "Interp" interp_param { pad_beg: -2 zoom_factor: 2 }',
            [ONE],
            ShapeError,
            "nothing is left of 2 x 2",
        ),
        ('type: "Interp"', [ONE], PrototxtError, "no size is given"),
        ('type: "Interp" interp_param { height: 3 }', [ONE], PrototxtError, "no size is given"),
        (
            'type: "Interp" interp_param { full_zoom_factor: 3 }',
            [ONE],
            PrototxtError,
            "full_zoom_factor is not supported",
        ),
        ('type: "Interp"', [np.zeros((2, 3))], ShapeError, "four axes"),
        ('type: "Upsample"', [ONE, np.zeros((1, 1, 2, 1))], ShapeError, "one place for each"),
        (
            'type: "Upsample" upsample_param { upsample_h: 4 }',
            [ONE, ONE],
            PrototxtError,
            "upsample_h is given without upsample_w",
        ),
        (
            'type: "Unpooling" unpooling_param { unpool: AVE }',
            [ONE],
            PrototxtError,
            "AVE is not supported",
        ),
        ('type: "Unpooling"', [ONE], PrototxtError, "kernel_size is missing"),
        (
            'type: "Unpooling" unpooling_param { unpool_size: 3 stride_h: 2 }',
            [ONE],
            PrototxtError,
            "stride_h is given without",
        ),
        (
            'type: "Unpooling" unpooling_param { unpool_size: 2 stride: 2 }',
            [ONE],
            ShapeError,
            "need a top of 3 x 3",
        ),
        ('type: "SegAccuracy"', [ONE, np.zeros((1, 1, 2, 3))], ShapeError, "one label a pixel"),
        ('type: "SegAccuracy"', [np.zeros((2, 3)), np.zeros(2)], ShapeError, "four axes"),
    ],
)
def test_faults(layer, bottoms, kind, message):
    with pytest.raises(kind, match=message):
        bench(layer, *bottoms)


def test_segnets_statistics_need_learn():
    with pytest.raises(PrototxtError, match="tops 1 and 2 need"):
        filled('type: "BN" bn_param { bn_mode: INFERENCE }', "segnet", X.shape, tops=2)


@pytest.mark.parametrize("place", [16, -1, 0.5, np.nan])
def test_places_that_the_top_does_not_have(place):
    with pytest.raises(DataError, match=r"item 0, channel 0, place \(1, 0\): the mask says"):
        forward('type: "Upsample"', ONE, [[[[0, 1], [place, 2]]]])


@pytest.mark.parametrize("label", [1, -1, 0.5, np.nan])
def test_labels_that_are_no_class(label):
    with pytest.raises(DataError, match="pixel 3 is no class"):
        forward('type: "SegAccuracy"', ONE, [[[[0, 0], [0, label]]]])


def counted_pixels(scores: np.ndarray, labels: np.ndarray, top_k: int, ignored: int) -> float:
    """The fork's count: classes sorted by score, then number, both falling."""
    right = pixels = 0
    for n, y, x in np.ndindex(labels.shape[0], *labels.shape[2:]):
        label = int(labels[n, 0, y, x])
        if label == ignored:
            continue
        order = sorted(((v, k) for k, v in enumerate(scores[n, :, y, x])), reverse=True)
        right += label in [k for _, k in order[:top_k]]
        pixels += 1
    return right / pixels


@pytest.mark.parametrize("top_k", [1, 2, 4])
def test_eltwise_accuracy_counts_ties_for_the_higher_class(top_k: int) -> None:
    rng = np.random.default_rng(top_k)
    scores = rng.integers(0, 3, (2, 4, 5, 6)).astype(float)  # many are equal
    labels = rng.integers(0, 4, (2, 1, 5, 6)).astype(float)
    text = f'type: "EltwiseAccuracy" eltwise_accuracy_param {{ top_k: {top_k} ignore_label: 1 }}'
    found = bench(text, scores, labels).forward().top[0].data
    assert found.shape == (1, 1, 1, 1)
    assert found.item() == pytest.approx(counted_pixels(scores, labels, top_k, 1))


def test_eltwise_accuracy_refuses() -> None:
    text = 'type: "EltwiseAccuracy" eltwise_accuracy_param { top_k: %d }'
    scores, labels = np.zeros((1, 2, 1, 1)), np.zeros((1, 1, 1, 1))
    with pytest.raises(PrototxtError, match="top_k is 3, there are 2 classes"):
        bench(text % 3, scores, labels)
    with pytest.raises(DataError, match="2"):
        bench(text % 1, scores, labels + 2).forward()


@pytest.mark.parametrize(("before", "behind"), [(1, 2), (0, 3), (-2, -1), (0, -1), (0, 0)])
def test_padding(before: int, behind: int) -> None:
    found = bench(f'type: "Padding" padding_param {{ pad_beg: {before} pad_end: {behind} }}', X)
    margins = [(max(0, before), max(0, behind))] * 2
    want = np.pad(X, [(0, 0), (0, 0), *margins])
    want = want[..., max(0, -before) : want.shape[2] + min(0, behind), :]
    want = want[..., max(0, -before) : want.shape[3] + min(0, behind)]
    np.testing.assert_array_equal(found.forward().top[0].data, want)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ("pad_beg: -1 pad_end: 2", "pad_beg is -1, pad_end 2"),
        ("pad_beg: -3 pad_end: -2", "of planes of 5 x 6 nothing is left"),
    ],
)
def test_padding_refuses(fields: str, what: str) -> None:
    with pytest.raises(PrototxtError, match=what):
        bench(f'type: "Padding" padding_param {{ {fields} }}', X)


def test_mat_write_says_that_it_does_not(caplog: pytest.LogCaptureFixture) -> None:
    bench('type: "MatWrite" mat_write_param { prefix: "a" }', X, tops=0).forward()
    assert "writes no .mat file" in caplog.text


def taken(plane: np.ndarray, y: float, x: float) -> float:
    """MNC's interpolation of one place, as its kernel does it."""
    height, width = plane.shape
    if y > height - 0.5 or x > width - 0.5:
        return 0.0
    low = [min(int(place), size - 1) for place, size in ((y, height), (x, width))]
    high = [min(place + 1, size - 1) for place, size in zip(low, (height, width))]
    b, a = (max(0, p - i) if i < n - 1 else 0 for p, i, n in zip((y, x), low, (height, width)))
    above = (1 - a) * plane[low[0], low[1]] + a * plane[low[0], high[1]]
    below = (1 - a) * plane[high[0], low[1]] + a * plane[high[0], high[1]]
    return float((1 - b) * above + b * below)


@pytest.mark.parametrize("size", [(8, 3), (5, 6), (14, 17), (1, 1)])
def test_mask_resize(size: tuple[int, int]) -> None:
    text = f"output_height: {size[0]} output_width: {size[1]}"
    found = forward(f'type: "MaskResize" mask_resize_param {{ {text} }}', X)[0]
    want = np.zeros((4, 3, *size))
    for n, c, i, j in np.ndindex(want.shape):
        want[n, c, i, j] = taken(X[n, c], i * 5 / size[0], j * 6 / size[1])
    np.testing.assert_allclose(found, want, atol=1e-12)


def test_mask_resize_by_factors() -> None:
    text = 'type: "MaskResize" mask_resize_param { output_height: 1 output_width: 1 %s }'
    factors = "factor_height: 0.5 factor_width: 0.25"
    assert forward(text % factors, np.zeros((1, 1, 9, 9)))[0].shape == (1, 1, 4, 2)
    with pytest.raises(PrototxtError, match="of a height of 9 nothing is left"):
        bench(text % "factor_height: 0.1", np.zeros((1, 1, 9, 9)))


def test_mask_pooling() -> None:
    mask = np.random.default_rng(1).random((4, 1, 5, 6))
    np.testing.assert_array_equal(forward('type: "MaskPooling"', X, mask)[0], X * mask)
    with pytest.raises(ShapeError, match="one mask for all channels"):
        bench('type: "MaskPooling"', X, X)
