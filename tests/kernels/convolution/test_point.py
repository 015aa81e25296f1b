"""Pointwise convolutions: one image is one product, cut into few parts."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import convolution
from protonet.kernels.convolution import choose, point
from protonet.kernels.windows import Window
from tests.kernels.convolution.cases import all_kernels, check

POINT = Window((1, 1), (1, 1), (0, 0), (1, 1))


@pytest.mark.parametrize("small", [0, 1 << 30])
@pytest.mark.parametrize("shape", [(1, 5, 3, 4), (1, 3, 9, 8), (4, 3, 5, 6)])
def test_against_loops(
    shape: tuple[int, ...], small: int, fresh_plans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point, "CUT", small)
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal(shape), rng.standard_normal((20, shape[1], 1, 1))
    b, dy = rng.standard_normal(20), rng.standard_normal((shape[0], 20, *shape[2:]))
    assert choose(x.shape, w.shape, POINT, 1, x.dtype).name == "point"
    case = (x, w, b, dy, POINT, 1)
    check(all_kernels(case), case)


@pytest.mark.parametrize(
    ("channels", "size", "outputs", "products"),
    [
        (16, 8, 16, [(16, 64)]),  # small: one product, one thread
        (128, 28, 128, [(128, 392)] * 2),  # many more places than outputs
        (32, 112, 64, [(64, 3136)] * 4),  # parts that stay in the cache
        (96, 14, 576, [(288, 196)] * 2),  # more outputs than places
    ],
)
def test_an_image_is_cut_along_its_longer_side(
    channels: int,
    size: int,
    outputs: int,
    products: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    matmul = np.matmul
    monkeypatch.setattr(
        point.np, "matmul", lambda *a, **k: seen.append(k["out"].shape) or matmul(*a, **k)
    )
    x = np.ones((1, channels, size, size), np.float32)
    y = np.empty((1, outputs, size, size), np.float32)
    convolution.forward(x, np.ones((outputs, channels, 1, 1), np.float32), None, y, POINT)
    assert seen == products
    assert (y == channels).all()
