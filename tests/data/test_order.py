"""Orders: rounds, permutations, shards, going on."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.data.order import Order, make_rng


def order(n: int, seed: int | None, rank: int = 0, size: int = 1) -> Order:
    rng = None if seed is None else make_rng(np.random.SeedSequence(seed))
    return Order(n, rng, rank, size)


def take(items: Order, count: int) -> list[int]:
    return [items.next() for _ in range(count)]


def test_round_and_round() -> None:
    assert take(order(3, None), 8) == [0, 1, 2, 0, 1, 2, 0, 1]


def test_each_pass_is_another_permutation() -> None:
    items = order(6, 1)
    passes = [tuple(take(items, 6)) for _ in range(20)]
    assert all(sorted(found) == [0, 1, 2, 3, 4, 5] for found in passes)
    assert len(set(passes)) > 15
    assert passes[0] != (0, 1, 2, 3, 4, 5)
    first = [order(4, seed).next() for seed in range(400)]
    assert np.bincount(first).min() > 60


@pytest.mark.parametrize("seed", [None, 5])
@pytest.mark.parametrize("size", [2, 3, 7])
def test_workers_share_one_stream(seed: int | None, size: int) -> None:
    want = take(order(5, seed), 6 * size)
    workers = [take(order(5, seed, rank, size), 6) for rank in range(size)]
    assert [workers[i % size][i // size] for i in range(6 * size)] == want


@pytest.mark.parametrize("seed", [None, 5])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("before", range(8))
def test_goes_on_where_it_was(seed: int | None, size: int, before: int) -> None:
    items = order(5, seed, size - 1, size)
    take(items, before)
    state = items.state()
    want = take(items, 12)
    other = order(5, None if seed is None else 77, size - 1, size)
    take(other, 3)
    other.set_state(state)
    assert take(other, 12) == want


def test_skip_and_peek() -> None:
    items = order(5, None)
    items.skip(3)
    assert items.peek() == 3
    assert take(items, 3) == [3, 4, 0]


@pytest.mark.parametrize("seed", [None, 3])
def test_workers_take_blocks_by_turns(seed):
    """Two records each, of a stream of passes of five."""
    whole = take(order(5, seed), 18)
    for rank in range(3):
        rng = None if seed is None else make_rng(np.random.SeedSequence(seed))
        mine = Order(5, rng, rank, 3, block=2)
        expected = [item for i, item in enumerate(whole) if i // 2 % 3 == rank]
        assert take(mine, 6) == expected
