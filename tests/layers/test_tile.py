"""Tile: order of the copies, and a count that is missing."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError
from tests.harness.bench import Bench
from tests.harness.row import Row


def tile(text: str) -> Bench:
    return Bench(Row("t", f'type: "Tile" tile_param {{ {text} }}', ((2, 3, 4),)))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_it_is_numpys(axis):
    bench = tile(f"axis: {axis} tiles: 3").forward()
    repeats = np.ones(3, int)
    repeats[axis] = 3
    np.testing.assert_array_equal(bench.top[0].data, np.tile(bench.bottom[0].data, repeats))


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "tiles is missing"), ("tiles: 0", "tiles is 0: it must be 1 or more")],
)
def test_no_copies(text, message):
    with pytest.raises(PrototxtError, match=message):
        tile(text)
