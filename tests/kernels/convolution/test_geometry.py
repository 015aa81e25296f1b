"""What is worked out of a geometry."""

from __future__ import annotations

import numpy as np

from protonet.kernels.convolution.geometry import Geometry
from protonet.kernels.windows import Window


def geometry(size: tuple[int, int], window: Window) -> Geometry:
    return Geometry(3, 2, 5, 7, size, window, np.dtype(np.float32))


def test_a_convolution_of_dy_makes_dx() -> None:
    g = geometry((20, 13), Window((3, 5), (1, 1), (1, 0), (1, 2)))
    assert g.transposed is None  # most of what it sees would be padding
    g = geometry((20, 43), Window((3, 5), (1, 1), (1, 0), (1, 2)))
    back = g.transposed
    assert back is not None and back is g.transposed
    assert (back.size, back.out) == (g.out, g.size)
    assert (back.channels, back.outputs) == (7, 5)
    assert back.window.pad == (1, 8)


def test_not_where_strides_leave_gaps_or_padding_is_wider_than_the_window() -> None:
    assert geometry((20, 20), Window((3, 3), (1, 2), (1, 1), (1, 1))).transposed is None
    assert geometry((20, 20), Window((2, 2), (1, 1), (2, 1), (1, 1))).transposed is None


def test_counts() -> None:
    g = geometry((9, 8), Window((2, 3), (2, 1), (0, 1), (1, 1)))
    assert g.out == (4, 8)
    assert (g.depth, g.weights, g.places) == (30, 420, 96)
    assert g.work == 96 * 420
    assert g.flat.size == (72,) and g.flat.window.pointwise
