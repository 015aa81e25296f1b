"""Every target for a moment, with seeds that stay."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from protonet.errors import PrototxtError

from . import mutate, targets

ROUNDS = 60


@pytest.mark.parametrize("name", targets.TARGETS)
def test_damaged_input_is_read_or_refused(name: str, tmp_path: Path) -> None:
    for seed in range(ROUNDS):
        targets.run(name, seed, tmp_path)


def test_what_is_no_error_of_ours_is_caught_with_its_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(rng: random.Random, folder: Path) -> object:
        raise (PrototxtError("told") if rng.random() < 0.5 else IndexError("escaped"))

    monkeypatch.setitem(targets.TARGETS, "broken", broken)
    told = next(seed for seed in range(99) if random.Random(seed).random() < 0.5)
    targets.run("broken", told, tmp_path)
    escaped = next(seed for seed in range(99) if random.Random(seed).random() >= 0.5)
    with pytest.raises(AssertionError, match=f"IndexError of 'broken' with seed {escaped}"):
        targets.run("broken", escaped, tmp_path)


def test_mutants_differ_and_come_again_with_their_seed() -> None:
    data = bytes(range(200))
    made = [mutate.octets(random.Random(seed), data) for seed in range(50)]
    assert made == [mutate.octets(random.Random(seed), data) for seed in range(50)]
    assert sum(mutant != data for mutant in made) > 45 and len(set(made)) > 40
    source = 'layer { name: "a" type: "ReLU" }'
    texts = [mutate.text(random.Random(seed), source) for seed in range(50)]
    assert sum(text != source for text in texts) > 35
