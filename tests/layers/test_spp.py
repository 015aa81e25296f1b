"""SPP: pyramids that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError

from .one_pass import bench, forward


@pytest.mark.parametrize("height", [4, 30, 2**32 - 1])
def test_more_levels_than_cells_are_refused_at_once(height: int) -> None:
    with pytest.raises(ShapeError, match="8 x 8 bins are too many for a plane of 7 x 9"):
        bench(f'type: "SPP" spp_param {{ pyramid_height: {height} }}', np.zeros((1, 1, 7, 9)))


@pytest.mark.parametrize("shape", [(7, 20), (20, 7)])
def test_one_side_that_is_too_short_is_enough(shape: tuple[int, int]) -> None:
    values = np.zeros((1, 1, *shape))
    text = f"8 x 8 bins are too many for a plane of {shape[0]} x {shape[1]}"
    with pytest.raises(ShapeError, match=text):
        bench('type: "SPP" spp_param { pyramid_height: 4 }', values)
    # One level less fits: every bin of every level holds a value of the plane.
    (top,) = forward('type: "SPP" spp_param { pyramid_height: 3 }', values)
    assert top.shape == (1, 1 + 4 + 16) and not top.any()
