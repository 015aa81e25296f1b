"""How images are cut into tiles and tasks."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.convolution import tiling
from protonet.kernels.convolution.geometry import Geometry
from protonet.kernels.windows import Window

FLOAT = np.dtype(np.float32)


def geometry(images: int, channels: int, outputs: int, size: tuple[int, int]) -> Geometry:
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    return Geometry(images, 1, channels, outputs, size, window, FLOAT)


@pytest.mark.parametrize(
    ("size", "grid"),
    [
        ((224, 224), (56, 14, 4)),  # 56 tiles across
        ((28, 28), (7, 1, 7)),
        ((56, 40), (14, 2, 5)),  # 10 tiles
        ((9, 9), (3, 1, 3)),
        ((9, 75), (3, 5, 4)),  # 19 tiles, and an empty one
    ],
)
def test_blocks_leave_few_tiles_empty(size: tuple[int, int], grid: tuple[int, int, int]) -> None:
    assert tiling.grid(geometry(1, 8, 8, size)) == grid


@pytest.mark.parametrize("images", [1, 3, 8])
@pytest.mark.parametrize("channels", [16, 64, 512])
@pytest.mark.parametrize("size", [(7, 9), (28, 28), (50, 31)])
def test_chunks_are_all_of_a_batch(images: int, channels: int, size: tuple[int, int]) -> None:
    g = geometry(images, channels, channels, size)
    for plan in (tiling.plan(g), tiling.gradient_plan(g)):
        seen = np.zeros((images, *size), int)
        for chunk, piece in zip(plan.chunks, plan.pieces):
            lines = slice(chunk.top * tiling.TILE, chunk.bottom * tiling.TILE)
            seen[chunk.first : chunk.last, lines] += 1
            seen.reshape(images, -1)[piece.images, piece.positions] += 10
        assert (seen == 11).all()


def test_many_weights_for_few_tiles_are_cut_by_channels() -> None:
    few = tiling.plan(geometry(1, 512, 512, (28, 28)))
    assert (len(few.chunks), few.parts) == (1, tiling.PARTS)
    # BLAS takes the products as they lie.
    assert few.outputs == 32 and 7 * 7 * 512 * few.outputs <= tiling.LARGEST
    many = tiling.plan(geometry(1, 256, 256, (56, 56)))
    assert (len(many.chunks), many.parts, many.outputs) == (8, 1, 128)


def test_few_products_are_one_task() -> None:
    assert len(tiling.plan(geometry(1, 64, 64, (8, 8))).chunks) == 1
    assert len(tiling.plan(geometry(1, 64, 64, (16, 16))).chunks) == 2


@pytest.mark.parametrize("size", [(6, 26), (10, 10), (32, 32), (8, 128)])
def test_planes_do_not_lie_at_powers_of_two(size: tuple[int, int]) -> None:
    planes = tiling.planes((2, 5), size, FLOAT)
    assert planes.shape == (2, 5, *size)
    assert planes.strides[1] % 64 == 0 and planes.strides[1] // 64 % 2 == 1
    planes[...] = np.arange(planes.size).reshape(planes.shape)
    assert np.array_equal(planes.reshape(-1), np.arange(planes.size))
