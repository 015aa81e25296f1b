"""Resizing: image and boxes go the same way."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.data.annotated.resize import Resize
from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb

from .make import found, painted, transform

RNG = np.random.default_rng(4)


def resize(**fields: object) -> Resize:
    return Resize(transform(resize_param=[pb.ResizeParameter(height=60, width=90, **fields)]))


@pytest.mark.parametrize(
    ("mode", "size", "shape"),
    [
        ("WARP", (40, 40), (60, 90)),
        ("FIT_LARGE_SIZE_AND_PAD", (40, 40), (60, 90)),  # 60 x 60 in the middle
        ("FIT_LARGE_SIZE_AND_PAD", (20, 40), (60, 90)),  # 45 x 90
        ("FIT_SMALL_SIZE", (40, 40), (90, 90)),
        ("FIT_SMALL_SIZE", (20, 40), (60, 120)),
    ],
)
def test_the_box_stays_around_its_object(
    mode: str, size: tuple[int, int], shape: tuple[int, int]
) -> None:
    scene = painted(*size, (0.25, 0.5, 0.75, 0.9), encoded=True)
    step = resize(resize_mode=mode, interp_mode=["NEAREST"])
    made = step(scene, RNG)
    assert made.pixels.shape == step.shape(scene.pixels.shape) == (3, *shape)
    np.testing.assert_allclose(made.boxes[0, 2:6], found(made.pixels), atol=1 / 60)


@pytest.mark.parametrize(
    ("mode", "edge"),
    [("CONSTANT", [9, 8, 7]), ("REPEAT_NEAREST", [20] * 3), ("MIRRORED", [20] * 3)],
)
def test_padding(mode: str, edge: list[int]) -> None:
    scene = painted(40, 40, (0.4, 0.25, 0.6, 0.75))
    made = resize(resize_mode="FIT_LARGE_SIZE_AND_PAD", pad_mode=mode, pad_value=[9, 8, 7])(
        scene, RNG
    )
    assert made.pixels[:, 30, 0].tolist() == edge and made.pixels[:, 30, -1].tolist() == edge


def test_probability_and_ways() -> None:
    scene = painted(40, 40, (0.25, 0.25, 0.75, 0.75))
    step = resize(prob=0.25, interp_mode=["NEAREST", "CUBIC"])
    assert step.is_random
    rng = np.random.default_rng(1)
    made = [step(scene, rng).pixels for _ in range(200)]
    done = [pixels for pixels in made if pixels.shape != scene.pixels.shape]
    assert 30 < len(done) < 75
    nearest = [set(np.unique(pixels)) == {20, 220} for pixels in done]
    assert 0.25 < np.mean(nearest) < 0.75


@pytest.mark.parametrize(
    ("param", "words"),
    [
        ([pb.ResizeParameter(height=3)], "has no width"),
        ([pb.ResizeParameter(height=3, width=3)] * 2, "2 resize_param"),
        ([pb.ResizeParameter(height=3, width=3, height_scale=2)], "height_scale is not served"),
    ],
)
def test_bad_parameters(param: list[pb.ResizeParameter], words: str) -> None:
    with pytest.raises(PrototxtError, match=words):
        Resize(transform(resize_param=param))


def test_padding_needs_a_value_a_channel() -> None:
    step = resize(resize_mode="FIT_LARGE_SIZE_AND_PAD", pad_value=[1, 2])
    with pytest.raises(PrototxtError, match="2 values of pad_value for 3 channels"):
        step(painted(40, 40, (0, 0, 1, 1)), RNG)
