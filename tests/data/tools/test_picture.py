"""Pictures of records: PNG and text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from protonet.data.tools.picture import png, text_blocks, text_shades, to_rgb


def pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize("size", [(1, 1), (5, 7), (40, 3)])
def test_png_as_another_program_reads_it(size: tuple[int, int]) -> None:
    stored = pixels(3, *size)
    decoded = cv2.imdecode(np.frombuffer(png(to_rgb(stored)), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(decoded, stored.transpose(1, 2, 0))  # both blue first


def test_channels() -> None:
    stored = pixels(3, 4, 5)
    np.testing.assert_array_equal(to_rgb(stored, rgb=True)[:, :, 0], stored[0])
    np.testing.assert_array_equal(to_rgb(stored)[:, :, 0], stored[2])
    grey = to_rgb(pixels(2, 4, 5))
    assert grey.shape == (4, 10, 3)
    np.testing.assert_array_equal(grey[:, 5:, 1], pixels(2, 4, 5)[1])


def test_floats_are_stretched() -> None:
    values = np.float32([[[-1, 0, 1]]])
    assert to_rgb(values)[0, :, 0].tolist() == [0, 128, 255]
    assert to_rgb(values * 0)[0, :, 0].tolist() == [0, 0, 0]
    assert to_rgb(np.float32([[[np.nan, 1, 2]]])).shape == (1, 3, 3)


def test_shades() -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[2:, 3:] = 255
    assert text_shades(picture, 80) == "\n   @@@"
    assert text_shades(np.full((4, 6, 3), 255, np.uint8), 3) == "@@@"


def test_blocks() -> None:
    picture = np.zeros((3, 1, 3), np.uint8)
    picture[0] = (1, 2, 3)
    picture[1] = (4, 5, 6)
    picture[2] = (7, 8, 9)
    assert text_blocks(picture, 80) == (
        "\x1b[38;2;1;2;3;48;2;4;5;6m▀\x1b[0m\n\x1b[38;2;7;8;9;48;2;0;0;0m▀\x1b[0m"
    )
    assert text_blocks(pixels(3, 40, 90).transpose(1, 2, 0), 30).splitlines()[0].count("▀") == 30
