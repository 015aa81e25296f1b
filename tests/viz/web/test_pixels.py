"""Arrays as pictures: read back by another program, and what they show."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

from protonet.viz.web import pixels


def decoded(address: str) -> np.ndarray:
    """As OpenCV reads it: blue, green, red."""
    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return found


@pytest.mark.parametrize("shape", [(3, 5), (4, 2, 3), (1, 7, 4)])
def test_png_is_read_back(shape):
    values = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    found = decoded(pixels.address(values))
    order = {2: [...], 3: [..., [2, 1, 0]] if shape[-1] == 3 else [..., [2, 1, 0, 3]]}[len(shape)]
    np.testing.assert_array_equal(found, values[tuple(order)] if len(shape) == 3 else values)


def test_signs_have_colours():
    red, white, blue, gap = pixels.coloured(np.array([1.0, 0.5, 0.0, np.nan]))
    assert white.tolist() == [247] * 3 and gap.tolist() == [90] * 3
    assert red[0] > 150 > red[2] and blue[2] > 150 > blue[0]


def test_grey_goes_from_the_smallest_to_the_largest():
    assert pixels.grey(np.array([-1.0, 0.0, 1.0, np.inf])).tolist() == [0, 128, 255, 0]
    assert pixels.grey(np.full(3, 2.0)).tolist() == [0, 0, 0]
    assert pixels.grey(np.full(2, np.nan)).tolist() == [0, 0]


def test_coloured_filters():
    """Six filters of three channels: each pure red, as Caffe stores it, is red."""
    weights = np.zeros((6, 3, 4, 5), np.float32)
    weights[:, 2] = 0.25
    shown = pixels.filters(weights)
    assert shown is not None and "6 filters of 4x5" in shown.words
    found = decoded(shown.address)
    assert found[0, 0].tolist() == [128, 128, 255]
    assert found.shape[:2] == (shown.height, shown.width) == (2 * 5 - 1, 3 * 6 - 1)


def test_other_filters_are_a_grid_of_outputs_and_inputs():
    shown = pixels.filters(np.ones((40, 2, 3, 3), np.float32))
    assert shown is not None and "32 of 40 outputs down, 2 inputs across" in shown.words
    assert (shown.height, shown.width) == (32 * 4 - 1, 2 * 4 - 1)
    depthwise = pixels.filters(np.ones((40, 1, 3, 3), np.float32))
    assert depthwise is not None and depthwise.words.startswith("40 filters of 3x3")


def test_large_matrices_are_means():
    matrix = np.zeros((300, 10), np.float32)
    matrix[::2] = 1
    shown = pixels.filters(matrix)
    assert shown is not None and "mean of 2 x 1" in shown.words and shown.height == 150
    assert len(np.unique(decoded(shown.address).reshape(-1, 3), axis=0)) == 1


def test_lists_have_no_picture():
    assert pixels.filters(np.ones(7, np.float32)) is None
    assert pixels.maps(np.ones((5, 1, 1), np.float32)) is None
