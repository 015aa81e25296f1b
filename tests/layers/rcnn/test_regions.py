"""Layers that pool regions: bad regions and shapes, quirks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError

from ..one_pass import bench, forward

POOL = 'type: "ROIPooling" roi_pooling_param { pooled_h: 1 pooled_w: 2 }'
ALIGN = 'type: "ROIAlign" roi_pooling_param { pooled_h: 1 pooled_w: 2 }'
PSROI = 'type: "PSROIPooling" psroi_pooling_param { spatial_scale: 1 output_dim: 1 group_size: 2 }'
MAPS = np.arange(96.0).reshape(2, 4, 3, 4)
ALL = pytest.mark.parametrize("layer", [POOL, ALIGN, PSROI])


@ALL
@pytest.mark.parametrize("image", [2, -1, 0.5])
def test_a_region_of_an_image_that_is_not_there(layer: str, image: float) -> None:
    rois = [[0, 0, 0, 2, 2], [image, 0, 0, 2, 2]]
    with pytest.raises(DataError) as caught:
        forward(layer, MAPS, rois)
    assert str(caught.value) == (
        f"region 1 is ({image:g}, 0, 0, 2, 2): there is no image {image:g}: "
        "images count from 0 to 1"
    )


@ALL
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_region_that_is_not_finite(layer: str, value: float) -> None:
    with pytest.raises(DataError, match=rf"region 0 is \(0, {value}, 0, 2, 2\): its numbers"):
        forward(layer, MAPS, [[0, value, 0, 2, 2]])


@ALL
def test_regions_of_another_shape(layer: str) -> None:
    with pytest.raises(ShapeError, match=r"bottom 1 has shape \(2, 4\), regions are rows of 5"):
        forward(layer, MAPS, np.zeros((2, 4)))
    with pytest.raises(ShapeError, match="four axes"):
        forward(layer, MAPS[0], np.zeros((2, 5)))


@ALL
def test_far_outside_is_nothing(layer: str) -> None:
    (out,) = forward(layer, MAPS + 1, [[0, 1e9, 1e9, 2e9, 2e9], [0, -90, -90, -80, -80]])
    assert not out.any()


@ALL
def test_regions_get_a_gradient_of_0_if_one_is_asked_for(layer: str) -> None:
    found = bench(layer, MAPS, [[1, 0, 0, 2, 2]]).forward()
    found.seed_tops()
    found.bottom[1].diff.fill(math.nan)
    found.backward([False, True])
    assert not found.bottom[1].diff.any()


def test_a_reversed_region_is_pooled_but_not_taught() -> None:
    found = bench(POOL, MAPS, [[0, 2, 1, 1, 1], [0, 2, 1, 2, 1]]).forward()
    assert found.top[0].data[0].tolist() == found.top[0].data[1].tolist()
    found.seed_tops().top[0].diff[1] = 0
    found.backward([True, False])
    assert not found.bottom[0].diff.any()


def test_sizes_that_are_missing() -> None:
    with pytest.raises(PrototxtError, match="pooled_w is missing: add pooled_w"):
        forward('type: "ROIPooling" roi_pooling_param { pooled_h: 1 }', MAPS, np.zeros((1, 5)))
    with pytest.raises(PrototxtError, match="psroi_pooling_param is missing: give spatial_scale"):
        forward('type: "PSROIPooling"', MAPS, np.zeros((1, 5)))


def test_channels_that_do_not_divide() -> None:
    with pytest.raises(ShapeError, match=r"bottom 0 has 5 channels, output_dim \* group_size\^2"):
        forward(PSROI, np.zeros((1, 5, 3, 3)), np.zeros((1, 5)))
