"""`protonet train` under mpirun: one process as without it, and what ends a run of several."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from protonet.parallel.peers import is_alive
from protonet.proto.weights import read_weights

from . import ranks
from .launching import ENVIRONMENT, end, launch, needs_mpi, processes_of, protonet, start

pytestmark = needs_mpi


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A solver with its data, to be started in."""
    ranks.make_data(tmp_path)
    text = ranks.definition(Path("."), ranks.BATCH, between=ranks.NOISE)
    (tmp_path / "solver.prototxt").write_text(text)
    return tmp_path


def weights(path: Path) -> list[np.ndarray]:
    return [blob for layer in read_weights(path) for blob in layer.blobs]


def trained(folder: Path) -> bytes:
    return (folder / "small_iter_20.caffemodel").read_bytes()


def test_one_process_is_as_without_mpirun(folder):
    assert protonet(1, "train", "solver.prototxt", cwd=folder).returncode == 0
    under = trained(folder)
    command = [sys.executable, "-m", "protonet", "train", "solver.prototxt", "--quiet"]
    environment = {**os.environ, **ENVIRONMENT}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    assert trained(folder) == under


def test_the_first_process_alone_logs_and_writes(folder):
    done = protonet(2, "train", "solver.prototxt", "--csv=x.csv", "--log=x.log", cwd=folder)
    assert done.returncode == 0
    for words in ("Initializing solver", "2 processes train; a batch of 4 each", "Testing net"):
        assert done.stderr.count(words) == (3 if words == "Testing net" else 1)
    assert "accuracy" in (folder / "x.csv").read_text().splitlines()[0]
    assert (folder / "x.log").read_text().count("Optimization Done") == 1


def test_of_other_commands_the_first_process_does_all_alone(folder):
    """The others have ended by then: waiting for them would end with an error."""
    done = protonet(2, "layers", "Convolution", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Slide filters over the input") == 1


def test_bad_data_end_all_with_one_message(folder):
    """Of the first process's records none is bad, of the second's one."""
    from protonet.data.sources import all_records, create_store

    records = list(all_records(folder / "store"))
    with create_store(folder / "store", "LMDB", force=True) as store:
        for i, record in enumerate(records):
            store.put(record.key, b"\x0a\xff\xff" if i == 21 else record.value)
    options = ["--set=snapshot=1", "--set=test_iter[0]=1"]
    done = protonet(2, "train", "solver.prototxt", *options, cwd=folder)
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if "protonet: error" in line]
    assert "rank 1 of 2 (on " in line and "record '00000021'" in line
    assert "the last snapshot is ./small_iter_2.solverstate" in line


def test_what_all_find_is_said_once(folder):
    done = protonet(2, "train", "solver.prototxt", "--set", "base_lr=1e30", cwd=folder)
    assert done.returncode == 5
    (line,) = [line for line in done.stderr.splitlines() if "protonet: error" in line]
    assert "is not finite at iteration" in line
    done = protonet(2, "train", "no.prototxt", cwd=folder)
    assert done.returncode == 3 and done.stderr.count("no.prototxt") == 1
    for args, word in ((["train", "--no-such"], "--no-such"), (["tarin"], "unknown command")):
        done = protonet(2, *args, cwd=folder)
        assert done.returncode == 2 and done.stderr.count(word) == 1, done.stderr


FAILING = """
import sys, time
from protonet.parallel.world import open_world
world = open_world(120)
late, failing = map(eval, sys.argv[1:])
if world.rank in failing:
    time.sleep(1.5 * (world.rank in late))
    world.end(5, lambda: print(f"rank {world.rank} has told", file=sys.stderr))
world.barrier()
"""


@pytest.mark.parametrize(
    ("late", "failing"), [([0], [0, 1, 2]), ([2], [1, 2]), ([], [2]), ([1], [0, 1])]
)
def test_of_those_that_fail_at_once_one_tells_why(late, failing):
    done = launch(3, "-c", FAILING, str(late), str(failing))
    assert done.returncode == 5
    (line,) = [line for line in done.stderr.splitlines() if "has told" in line]
    assert 0 not in failing or "rank 0" in line  # which is asked for the word


def await_snapshot(folder: Path, run: subprocess.Popen, count: int = 1) -> None:
    """Until so many states lie there."""
    until = time.monotonic() + 40
    while len([*folder.glob("*.solverstate")]) < count:
        assert run.poll() is None and time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="ranks are looked up in /proc")
@pytest.mark.parametrize(("rank", "number"), [(0, signal.SIGKILL), (1, signal.SIGSTOP)])
def test_a_process_that_dies_or_hangs_ends_all(folder, rank, number):
    options = ["--set=max_iter=1000000", "--set=snapshot=20", "--keep=2", "--mpi-timeout=6"]
    run = start(2, "-m", "protonet", "train", "solver.prototxt", "--quiet", *options, cwd=folder)
    try:
        await_snapshot(folder, run)
        numbers = processes_of(run)
        assert sorted(numbers) == [0, 1]
        os.kill(numbers[rank], number)
        _, err = run.communicate(timeout=240)
    finally:
        end(run)
    assert run.returncode != 0
    (line,) = [line for line in err.splitlines() if "protonet: error" in line]
    assert f"rank {rank} of 2" in line
    assert ("has died" if number == signal.SIGKILL else "did not come for") in line
    assert "go on from ./small_iter_" in line
    assert not [pid for pid in numbers.values() if is_alive(pid)]
    state = line.split("go on from ")[1].split(",")[0].strip()
    done = protonet(2, "train", "solver.prototxt", f"--snapshot={state}", "--quiet",
                    "--set=max_iter=1000000", "--iterations=1", cwd=folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
