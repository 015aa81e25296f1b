"""Fields that forks added to layers of Caffe's own: the same numbers as what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import PrototxtError

from .one_pass import forward
from .test_video import net

CONV = 'type: "Convolution" convolution_param { num_output: 3 kernel_size: 3 weight_filler '
CONV += '{ type: "gaussian" std: 0.5 } '
SHAPE = (2, 4, 7, 8)
EXC_PAD = 'type: "Pooling" pooling_param { pool: AVE_EXC_PAD '


def passed(made: Net) -> list[np.ndarray]:
    """Output and gradients of fixed values."""
    made.blobs["b0"].data[...] = np.random.default_rng(2).normal(size=made.blobs["b0"].shape)
    made.run_forward()
    made.blobs["t"].diff[...] = np.random.default_rng(3).normal(size=made.blobs["t"].shape)
    made.clear_param_diffs()
    made.backward()
    diffs = [blob.diff for blob in made.params.get("l", [])]
    return [np.array(made.blobs["t"].data), np.array(made.blobs["b0"].diff), *diffs]


def same(ours: str, plain: str) -> None:
    for got, want in zip(passed(net(ours, SHAPE)), passed(net(plain, SHAPE)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize(
    ("fork", "caffe"),
    [
        ("hole: 2", "dilation: 2"),
        ("hole_h: 2 hole_w: 3", "dilation: 2 dilation: 3"),
        ("hole_w: 3", "dilation: 1 dilation: 3"),
        ("dilation_h: 2", "dilation: 2 dilation: 1"),
        ("pad_l: 1 pad_r: 1 pad_t: 2 pad_b: 2", "pad_w: 1 pad_h: 2"),
    ],
)
def test_other_words_for_a_window(fork: str, caffe: str) -> None:
    same(f"{CONV} {fork} }}", f"{CONV} {caffe} }}")


@pytest.mark.parametrize("rest", ["", "stride: 2", "group: 1 hole: 2"])
def test_sides_are_padded_each_by_itself(rest: str) -> None:
    output, dx, dw, db = passed(net(f"{CONV} pad_l: 3 pad_t: 1 pad_b: 2 {rest} }}", SHAPE))
    plain = net(f"{CONV} {rest} }}", (2, 4, 10, 11))
    framed = plain.blobs["b0"].data
    framed[...] = 0
    framed[:, :, 1:8, 3:11] = np.random.default_rng(2).normal(size=SHAPE)
    plain.run_forward()
    plain.blobs["t"].diff[...] = np.random.default_rng(3).normal(size=output.shape)
    plain.clear_param_diffs()
    plain.backward()
    np.testing.assert_allclose(output, plain.blobs["t"].data, rtol=1e-12)
    np.testing.assert_allclose(dx, plain.blobs["b0"].diff[:, :, 1:8, 3:11], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dw, plain.params["l"][0].diff, rtol=1e-9)
    np.testing.assert_allclose(db, plain.params["l"][1].diff, rtol=1e-9)


POOL = 'type: "Pooling" pooling_param { kernel_size: 3 stride: 2'


def test_padding_of_four_sides() -> None:
    x = np.random.default_rng(7).standard_normal((2, 3, 5, 6))
    sides = ((0, 0), (0, 0), (1, 2), (2, 1))  # top 1, bottom 2, left 2, right 1
    pads = "pad_t: 1 pad_b: 2 pad_l: 2 pad_r: 1 }"
    for method, fill in (("MAX", -9.0), ("AVE", 0.0)):
        plain = f'type: "Pooling" pooling_param {{ pool: {method} kernel_size: 3 stride: '
        wide = np.pad(x, sides, constant_values=fill)
        for stride in (1, 3):
            (want,) = forward(f"{plain}{stride} ceil_mode: false }}", wide)
            (got,) = forward(f"{plain}{stride} ceil_mode: false {pads}", x)
            np.testing.assert_allclose(got, want)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("pad: 1 pad_l: 1", "pad and the padding of sides are both given"),
        ("pad_r: 3", "pad_r is 3: it must be below the kernel"),
    ],
)
def test_padding_of_sides_that_does_not_fit(fields: str, words: str) -> None:
    layer = f'type: "Pooling" pooling_param {{ kernel_size: 3 {fields} }}'
    with pytest.raises(PrototxtError, match=words):
        forward(layer, np.zeros((1, 1, 5, 5)))


@pytest.mark.parametrize(
    ("kernel", "stride", "sides"),
    [
        # TensorFlow's SAME of 7 x 8: ceil(n / s) windows need (windows - 1) s + k cells
        (2, 1, "pad_b: 1 pad_r: 1"),
        (3, 2, "pad_t: 1 pad_b: 1 pad_r: 1"),
        (4, 3, "pad_t: 1 pad_b: 2 pad_l: 1 pad_r: 1"),
    ],
)
def test_same_padding(kernel: int, stride: int, sides: str) -> None:
    pool = f'type: "Pooling" pooling_param {{ kernel_size: {kernel} stride: {stride} '
    same(f"{pool} pad_type: 1 }}", f"{pool} ceil_mode: false {sides} }}")


@pytest.mark.parametrize("fields", ["pad_type: 2", "pad_type: 1 pad: 1", "pad_type: 1 pad_l: 1"])
def test_same_padding_that_does_not_fit(fields: str) -> None:
    with pytest.raises(PrototxtError, match="pad_type is"):
        net(f'type: "Pooling" pooling_param {{ kernel_size: 3 {fields} }}', SHAPE)


def test_ceil_mode_is_round_mode() -> None:
    same(f"{POOL} ceil_mode: false }}", f"{POOL} round_mode: FLOOR }}")
    same(f"{POOL} ceil_mode: true }}", f"{POOL} }}")


def test_the_older_name_of_that_mean() -> None:
    rest = "kernel_size: 3 stride: 2 pad: 1 }"
    same(f'type: "Pooling" pooling_param {{ pool: AVE_TF {rest}', EXC_PAD + rest)


def test_the_mean_of_what_lies_in_the_plane() -> None:
    made = net(f"{POOL} pool: AVE_EXC_PAD pad: 1 }}", (1, 1, 4, 4))
    made.blobs["b0"].data[...] = 1 + np.arange(16).reshape(1, 1, 4, 4)
    made.run_forward()
    # windows of 2 x 2, 2 x 3, ..., the last ones of 1 cell along an axis
    np.testing.assert_allclose(
        made.blobs["t"].data[0, 0], [[3.5, 5, 6], [9.5, 11, 12], [13.5, 15, 16]]
    )
    made.blobs["t"].diff[...] = 0
    made.blobs["t"].diff[0, 0, 0, 0] = 4
    made.backward()
    want = np.zeros((4, 4))
    want[:2, :2] = 1
    np.testing.assert_array_equal(made.blobs["b0"].diff[0, 0], want)


@pytest.mark.parametrize(
    ("layer", "what"),
    [
        (f"{CONV} hole: 2 dilation: 3 }}", "dilation and hole are both given"),
        (f"{CONV} hole: 2 hole_h: 3 }}", "hole_h is for two axes and stands alone"),
        (f"{CONV} hole: 0 }}", "hole is 0"),
        (f"{CONV} pad: 1 pad_r: 3 }}", "pad_r stands beside pad"),
        (f"{CONV} pad_r: -1 }}", "pad_r is -1"),
        (f"{POOL} saturate: Signed }}", "saturate is a field of forks .* is not served here"),
        (f"{POOL} ceil_mode: false round_mode: CEIL }}", "ceil_mode and round_mode differ"),
    ],
)
def test_bad_settings_point_to_their_line(layer: str, what: str) -> None:
    with pytest.raises(PrototxtError, match=rf":\d+: .*{what}"):
        net(layer, SHAPE)


# -- what changes the numbers ------------------------------------------------------------------


def test_the_smallest_may_be_the_best() -> None:
    made = net('type: "Accuracy" accuracy_param { min_is_better: true }', (2, 3), (2,))
    made.blobs["b0"].data[...] = [[3, 1, 2], [0.5, 7, 0.6]]
    made.blobs["b1"].data[...] = [1, 2]
    made.run_forward()
    assert made.blobs["t"].data.item() == 0.5
