"""Scaling, shifting and their sums, over shapes that are cut in every way."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels import affine, threads

#: (outer, dim, inner): one block, many along outer, dim cut, inner longer than a block, empty.
SHAPES = [
    (2, 3, 5),
    (900, 7, 11),
    (3, 50, 1301),
    (2, 2, 40000),
    (40000, 1, 1),
    (1, 40000, 1),
    (0, 3, 4),
]


def arrays(shape: tuple[int, int, int], seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [
        rng.standard_normal(shape),
        rng.standard_normal(shape),
        rng.standard_normal(shape[1]),
        rng.standard_normal(shape[1]),
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_scale_shift_is_broadcasting(shape):
    x, out, scale, shift = arrays(shape)
    keep = np.zeros_like(x)
    affine.scale_shift(x, scale, shift, out, keep)
    np.testing.assert_array_equal(out, x * scale[:, None] + shift[:, None])
    np.testing.assert_array_equal(keep, x)
    affine.scale_shift(x, scale, None, out)
    np.testing.assert_array_equal(out, x * scale[:, None])
    affine.scale_shift(x, None, shift, x)
    np.testing.assert_array_equal(x, keep + shift[:, None])


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_are_added(shape):
    a, b, one, two = arrays(shape)
    got_one, got_two = one.copy(), two.copy()
    affine.add_sums([(a, None), (a, b)], [got_one, got_two])
    np.testing.assert_allclose(got_one, one + a.sum((0, 2)), atol=1e-9)
    np.testing.assert_allclose(got_two, two + (a * b).sum((0, 2)), atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_blocks_cover_every_value_once(shape):
    blocks, parts = np.zeros(shape), np.zeros(shape)
    seen = set()

    def part(i, mine, d):
        seen.add(i)
        for o in mine:
            parts[o, d] += 1

    affine.for_blocks(shape, lambda o, d: np.add(blocks[o, d], 1, out=blocks[o, d]))
    affine.for_parts(shape, part)
    assert (blocks == 1).all()
    assert (parts == 1).all()
    assert seen <= set(range(affine.parts_of(shape)))


def test_sums_do_not_depend_on_the_number_of_threads():
    a, b, *_ = arrays((9000, 7, 11))
    a, b = a.astype(np.float32), b.astype(np.float32)
    before, results = threads.num_threads(), []
    try:
        for count in (1, 3):
            threads.set_num_threads(count)
            out = np.zeros(7, np.float32)
            affine.add_sums([(a, b)], [out])
            results.append(out)
    finally:
        threads.set_num_threads(before)
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("shape", [(600, 7, 301), (40, 3, 50000), (2, 900, 1000), (3, 0, 4)])
def test_parts_take_each_value_once_and_are_summed_apart(shape):
    parts = affine.parts_of(shape)
    seen = np.zeros((parts, *shape[:2]), int)

    def part(i, blocks, d):
        for o in blocks:
            seen[i, o, d] += 1

    affine.for_parts(shape, part)
    assert (seen.sum(0) == 1).all()
    assert parts == 1 or all(each.any() for each in seen)


def test_large_arrays_have_several_parts():
    assert affine.parts_of((600, 7, 301)) > 1
    assert affine.parts_of((60, 7, 301)) == 1
