"""SPP: pyramids that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError

from .one_pass import bench


@pytest.mark.parametrize("height", [4, 30, 2**32 - 1])
def test_more_levels_than_cells_are_refused_at_once(height: int) -> None:
    with pytest.raises(ShapeError, match="8 x 8 bins are too many for a plane of 7 x 9"):
        bench(f'type: "SPP" spp_param {{ pyramid_height: {height} }}', np.zeros((1, 1, 7, 9)))
