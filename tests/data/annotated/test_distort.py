"""Colours and canvases changed at random."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.data.annotated.distort import Distort, Expand
from protonet.data.annotated.scene import Scene, no_boxes
from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb

from .make import found, painted, transform


def plain(*bgr: int) -> Scene:
    """One colour everywhere: JPEG changes it by little."""
    pixels = np.repeat(np.array(bgr, np.uint8), 64).reshape(3, 8, 8)
    return Scene(pixels, no_boxes(), encoded=True)


def colours(scene: Scene, times: int = 60, **fields: float) -> np.ndarray:
    step = Distort(transform(distort_param=pb.DistortionParameter(**fields)))
    rng = np.random.default_rng(3)
    return np.array([step(scene, rng).pixels.mean(axis=(1, 2)) for _ in range(times)])


def test_without_probabilities_only_jpeg_shows() -> None:
    np.testing.assert_allclose(colours(plain(90, 120, 150), 3), [[90, 120, 150]] * 3, atol=2)


def test_brightness_adds_the_same_to_all_channels() -> None:
    shift = colours(plain(90, 120, 150), brightness_prob=1, brightness_delta=32) - [90, 120, 150]
    assert np.ptp(shift, axis=1).max() < 5
    assert -34 < shift.min() < -20 and 20 < shift.max() < 34
    assert (colours(plain(250, 250, 250), brightness_prob=1, brightness_delta=99) <= 255).all()


def test_contrast_multiplies() -> None:
    made = colours(plain(60, 60, 60), contrast_prob=1, contrast_lower=0.5, contrast_upper=1.5)
    factor = made / 60
    assert 0.45 < factor.min() < 0.65 and 1.35 < factor.max() < 1.55


def test_saturation_keeps_grey_and_the_brightest_channel() -> None:
    fields = {"saturation_prob": 1, "saturation_lower": 0.2, "saturation_upper": 0.4}
    np.testing.assert_allclose(colours(plain(100, 100, 100), 5, **fields), 100, atol=2)
    made = colours(plain(20, 20, 200), 20, **fields)
    np.testing.assert_allclose(made[:, 2], 200, atol=4)
    # Saturation 1 - least/greatest was 0.9.
    assert ((1 - made[:, 0] / made[:, 2]) < 0.4).all()


def test_hue_turns_colours() -> None:
    made = colours(plain(0, 0, 200), hue_prob=1, hue_delta=20)
    assert made[:, 2].min() > 190  # red with some green or cut at hue 0
    assert 40 < made[:, 1].max() < 160 and made[:, 0].max() < 8


def test_channels_change_places() -> None:
    made = np.rint(colours(plain(50, 100, 150), random_order_prob=1) / 50)
    assert (np.sort(made, axis=1) == [1, 2, 3]).all() and len(np.unique(made, axis=0)) == 6


def test_raw_and_grey_images_stay() -> None:
    step = Distort(transform(distort_param=pb.DistortionParameter(brightness_prob=1)))
    raw = plain(1, 2, 3)._replace(encoded=False)
    grey = Scene(np.ones((1, 4, 4), np.uint8), no_boxes(), encoded=True)
    for scene in (raw, grey):
        assert step(scene, np.random.default_rng(0)) is scene


def test_the_box_follows_onto_the_canvas() -> None:
    step = Expand(
        transform(expand_param=pb.ExpansionParameter(max_expand_ratio=3), mean_value=[9, 8, 7])
    )
    rng = np.random.default_rng(5)
    scene = painted(40, 60, (0.25, 0.5, 0.75, 0.9))
    for _ in range(20):
        made = step(scene, rng)
        _, height, width = made.pixels.shape
        assert 40 <= height <= 120 and 60 <= width <= 180
        np.testing.assert_allclose(made.boxes[0, 2:6], found(made.pixels), atol=1e-6)
        outside = (made.pixels[0] != 20) & (made.pixels[0] != 220)
        assert (made.pixels[:, outside] == [[9], [8], [7]]).all()


def test_expansion_has_a_probability() -> None:
    step = Expand(transform(expand_param=pb.ExpansionParameter(prob=0.3, max_expand_ratio=2)))
    rng, scene = np.random.default_rng(5), painted(40, 60, (0.25, 0.5, 0.75, 0.9))
    assert 0.2 < np.mean([step(scene, rng) is not scene for _ in range(200)]) < 0.4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contrast_prob": 1, "contrast_lower": 2, "contrast_upper": 1}, "contrast from 2 to 1"),
        ({"hue_delta": -1}, "hue_delta is negative"),
        ({"exposure_lower": 1}, "exposure_lower is not served"),
    ],
)
def test_bad_distortion(fields: dict, words: str) -> None:
    with pytest.raises(PrototxtError, match=words):
        Distort(transform(distort_param=pb.DistortionParameter(**fields)))


def test_bad_expansion() -> None:
    with pytest.raises(PrototxtError, match="max_expand_ratio is 0"):
        Expand(transform(expand_param=pb.ExpansionParameter(max_expand_ratio=0.5)))
