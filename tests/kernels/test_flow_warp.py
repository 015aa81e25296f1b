"""Images seen through a flow, against a loop over the pixels."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import flow_warp


def slow(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
    out = np.zeros_like(image)
    _, height, width = image.shape
    for y, x in np.ndindex(height, width):
        u, v = x + flow[0, y, x], y + flow[1, y, x]
        if 0 <= u < width and 0 <= v < height:
            for j, i in np.ndindex(height + 1, width + 1):
                near = max(0, 1 - abs(u - i)) * max(0, 1 - abs(v - j))
                out[:, y, x] += near * image[:, min(j, height - 1), min(i, width - 1)]
    return out


@pytest.fixture
def given() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.standard_normal((3, 6, 5)), 2 * rng.standard_normal((2, 6, 5))


def test_bilinear_values(given):
    image, flow = given
    out = np.full(image.shape, np.nan)
    flow_warp.forward(image, flow, 0.0, out)
    np.testing.assert_allclose(out, slow(image, flow), atol=1e-12)


def test_no_flow_changes_nothing_and_the_last_row_goes_on():
    image = np.arange(6.0).reshape(1, 2, 3)
    out = np.zeros_like(image)
    flow_warp.forward(image, np.zeros((2, 2, 3)), 0.0, out)
    np.testing.assert_array_equal(out, image)
    flow_warp.forward(image, np.full((2, 2, 3), 0.5), -1.0, out)
    np.testing.assert_array_equal(out, [[[2, 3, 3.5], [3.5, 4.5, 5]]])


@pytest.mark.parametrize("far", [-1e-9, 3.0, 1e30, np.inf, np.nan])
def test_outside_is_filled(far):
    out = np.zeros((1, 1, 3))
    flow = np.zeros((2, 1, 3))
    flow[0, 0, 0] = far
    flow_warp.forward(np.ones((1, 1, 3)), flow, np.nan, out)
    np.testing.assert_array_equal(out, [[[np.nan, 1, 1]]])


def test_the_gradient_of_the_image_is_the_transposed_operation(given):
    image, flow = given
    dout = np.random.default_rng(2).standard_normal(image.shape)
    out, back = np.zeros_like(image), np.zeros_like(image)
    flow_warp.forward(image, flow, 0.0, out)
    flow_warp.backward_image(flow, dout, back)
    np.testing.assert_allclose((out * dout).sum(), (image * back).sum(), rtol=1e-12)


def test_what_comes_from_outside_moves_nothing(given):
    image, flow = given
    flow[:, 0] = 99
    dflow = np.full(flow.shape, np.nan)
    flow_warp.backward_flow(image, flow, np.ones_like(image), dflow)
    assert not dflow[:, 0].any()
    assert np.isfinite(dflow).all()
