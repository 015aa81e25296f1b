"""Records in a random order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TRAIN
from protonet.data.datum import encode_datum
from protonet.data.sources import create_store, open_source
from protonet.data.sources.shuffled import ShuffledSource
from protonet.errors import DataError
from protonet.net.net import Net


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write(tmp_path / "store", range(10))
    return tmp_path / "store"


def write(path: Path, numbers: range) -> None:
    with create_store(path, "LMDB", force=True) as writer:
        for i in numbers:
            writer.put(b"%04d" % i, encode_datum(np.full((1, 2, 2), i, np.uint8), i))


def source(store: Path, seed: int = 3, rank: int = 0, size: int = 1) -> ShuffledSource:
    return ShuffledSource(open_source(store), np.random.SeedSequence(seed), rank, size)


def read(one: ShuffledSource, count: int) -> list[int]:
    return [int(one.read().key) for _ in range(count)]


def test_each_pass_has_every_record_in_an_order_of_its_own(store: Path) -> None:
    one = source(store)
    assert int(one.peek().key) == int(one.peek().key)
    passes = [read(one, 10) for _ in range(3)]
    assert all(sorted(numbers) == [*range(10)] for numbers in passes)
    assert len({tuple(numbers) for numbers in [*passes, range(10)]}) == 4
    assert passes[0] == read(source(store), 10) != read(source(store, seed=4), 10)


def test_state_goes_on_exactly(store: Path) -> None:
    one, other = source(store), source(store, seed=9)
    read(one, 13)
    other.set_state(one.state())
    assert read(one, 25) == read(other, 25)


def test_workers_share_a_pass(store: Path) -> None:
    parts = [read(source(store, rank=rank, size=2), 5) for rank in range(2)]
    assert sorted(parts[0] + parts[1]) == [*range(10)]


def test_a_store_that_has_changed(store: Path) -> None:
    one = source(store)
    read(one, 3)
    state = one.state()
    write(store, range(20, 30))
    with pytest.raises(DataError, match="the store has changed since the snapshot"):
        source(store).set_state(state)


def test_in_a_net(store: Path) -> None:
    text = f"""layer {{ name: "d" type: "Data" top: "data" top: "label"
      data_param {{ source: "{store}" batch_size: 5 backend: LMDB shuffle: true }} }}"""
    net = Net(text, phase=TRAIN, seed=1)
    labels = []
    for _ in range(4):
        net.forward()
        labels += net.blobs["label"].data.astype(int).tolist()
        np.testing.assert_array_equal(net.blobs["data"].data[:, 0, 0, 0], labels[-5:])
    assert sorted(labels[:10]) == sorted(labels[10:]) == [*range(10)]
    assert labels[:10] != labels[10:]
