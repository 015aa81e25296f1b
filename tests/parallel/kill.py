"""Kills one process of a training at a random moment, and looks at what is left.

    python -m tests.parallel.kill 50 [FIRST_SEED]     fifty times, each in a folder of its own

After each: the run has ended with one message, no process is left, and every snapshot on the disk
is whole: a training goes on from it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from protonet.parallel.peers import is_alive
from protonet.solvers import get_solver

from . import ranks
from .launching import end, processes_of, start

OPTIONS = ("--quiet", "--set=max_iter=1000000", "--set=snapshot=2", "--keep=3", "--mpi-timeout=20")


def kill_one(folder: Path, seed: int, count: int = 2) -> str:
    """The message of the run whose process was killed; AssertionError if it left damage."""
    choice = random.Random(seed)
    ranks.make_data(folder)
    text = ranks.definition(folder, ranks.BATCH, between=ranks.NOISE)
    (folder / "solver.prototxt").write_text(text)
    run = start(count, "-m", "protonet", "train", "solver.prototxt", *OPTIONS, cwd=folder)
    numbers: dict[int, int] = {}
    try:
        until = time.monotonic() + 60
        while not [*folder.glob("*.solverstate")]:
            assert run.poll() is None and time.monotonic() < until, "it does not begin"
            time.sleep(0.01)
        numbers = processes_of(run)
        time.sleep(choice.random())
        os.kill(numbers[choice.randrange(count)], signal.SIGKILL)
        _, err = run.communicate(timeout=60)
    finally:
        end(run)
    told = [line for line in err.splitlines() if "protonet: error" in line]
    assert run.returncode != 0 and len(told) <= 1, err
    until = time.monotonic() + 5  # the launcher does not wait for what it has killed
    while left := [pid for pid in numbers.values() if is_alive(pid)]:
        assert time.monotonic() < until, f"processes {left} are left"
        time.sleep(0.05)
    states = [*folder.glob("*.solverstate")]
    assert states, "no snapshot is left"
    for path in states:
        solver = get_solver(text)
        solver.restore(path)
        solver.step(1)
    return told[0] if told else ""


def main() -> None:
    count, first = int(sys.argv[1]), int((sys.argv[2:] or ["0"])[0])
    told = 0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            message = kill_one(Path(folder), seed, 2 + seed % 2)
        told += bool(message)
        print(f"{seed}: {message or 'the launcher alone has told'}", flush=True)
    print(f"{count} times a process was killed; no snapshot was lost; {told} times one message")


if __name__ == "__main__":
    main()
