"""Every target for a moment, with seeds that stay."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from protonet.errors import PrototxtError

from . import mutate, targets
from .watch import MOST_BYTES, tried_apart

ROUNDS = 60
FEWER = {"killed training": 6, "built net": 20, "checked net": 20, "onnx model": 20}


@pytest.mark.parametrize("name", targets.TARGETS)
def test_damaged_input_is_read_or_refused(name: str, tmp_path: Path) -> None:
    for seed in range(FEWER.get(name, ROUNDS)):
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


def test_the_death_of_a_process_is_told_with_its_seed_and_the_rest_is_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def deadly(rng: random.Random, folder: Path) -> object:
        choice = rng.random()
        if choice < 0.1:
            os.kill(os.getpid(), signal.SIGSEGV)
        if choice < 0.2:
            bytearray(2 * MOST_BYTES)
        raise PrototxtError("told")

    monkeypatch.setitem(targets.TARGETS, "deadly", deadly)
    kinds = [random.Random(seed).random() for seed in range(40)]
    tried, lines = tried_apart("deadly", range(40), tmp_path)
    assert tried == 40
    dead = [seed for seed, kind in enumerate(kinds) if kind < 0.1]
    full = [seed for seed, kind in enumerate(kinds) if 0.1 <= kind < 0.2]
    assert dead and full and len(lines) == len(dead) + len(full)
    for seed in dead:
        assert f"'deadly' with seed {seed}: the process died of SIGSEGV" in lines
    for seed in full:
        assert any(f"MemoryError of 'deadly' with seed {seed}" in line for line in lines)
