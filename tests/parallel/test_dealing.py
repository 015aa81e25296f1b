"""Records of every type of data layer, dealt out to three processes of mpirun."""

from __future__ import annotations

import json

import pytest

from . import dealing
from .launching import launch, needs_mpi

SIZE = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dealing")
    dealing.make_data(folder, 2, "few")  # fewer than processes
    dealing.make_data(folder, dealing.RECORDS, "many")
    return folder


@pytest.fixture(scope="module")
def found(folder):
    done = launch(SIZE, "-m", "tests.parallel.dealing", str(folder))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_mpi
@pytest.mark.parametrize("name", dealing.cases())
def test_together_they_read_what_one_reads(found, folder, monkeypatch, name):
    """Record by record in turn, in passes that are shuffled anew, and from the start again when
    there are no more."""
    monkeypatch.chdir(folder)
    each = dealing.BATCHES * dealing.BATCH
    in_turn = [labels for of_all in zip(*found[name]) for labels in of_all]
    assert [len(labels) for labels in found[name]] == [each] * SIZE
    assert in_turn == dealing.read(dealing.cases()[name][1], SIZE * each)
    assert ("shuffled" in name) == (in_turn != [i % (max(in_turn) + 1) for i in range(SIZE * each)])


@needs_mpi
def test_windows_are_drawn_by_each(found):
    drawn = found["WindowData"]
    assert len({tuple(labels) for labels in drawn}) == SIZE
    assert all(set(labels) == set(range(1, 1 + dealing.RECORDS)) for labels in drawn)
