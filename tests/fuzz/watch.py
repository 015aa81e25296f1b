"""Inputs tried in a process of its own, whose death is a finding like any other."""

from __future__ import annotations

import faulthandler
import math
import mmap
import os
import resource
import signal
import struct
import sys
from pathlib import Path

from . import targets

MOST_SECONDS = 10  # of computing, for one input
MOST_WAITING = 120  # seconds of the clock: the machine may be busy with other things
MOST_BYTES = 1 << 30  # of memory, beyond what the process has at first
_SEED = struct.Struct("<q")
_HANGS = {
    signal.SIGPROF: f"more than {MOST_SECONDS} seconds of computing",
    signal.SIGALRM: f"more than {MOST_WAITING} seconds of waiting",
}


def tried_apart(
    name: str, seeds: range, folder: Path, seconds: float = math.inf
) -> tuple[int, list[str]]:
    """How many seeds were tried in so many seconds of computing, and a line for each input that
    ended in anything but a result or an error of protonet's."""
    found: list[str] = []
    next_seed, status = seeds.start, 1
    while next_seed < seeds.stop and status != 0:  # on behind the seed that ended a process
        last, lines, status = _child(name, range(next_seed, seeds.stop), folder, seconds)
        found += lines
        if status != 0:
            found.append(f"'{name}' with seed {last}: {_cause(status)}")
        next_seed = last + 1
    return next_seed - seeds.start, found


def _child(name: str, seeds: range, folder: Path, seconds: float) -> tuple[int, list[str], int]:
    """The seed that was tried last, what was found, and how the process ended."""
    shared = mmap.mmap(-1, _SEED.size)  # lives on when the child does not
    shared[:] = _SEED.pack(seeds.start)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            _limit()
            with os.fdopen(writing, "w") as told:
                for seed in seeds:
                    shared[:] = _SEED.pack(seed)
                    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
                    signal.setitimer(signal.ITIMER_REAL, MOST_WAITING)
                    try:
                        targets.run(name, seed, folder)
                    except AssertionError as error:
                        cause = " ".join(str(error.__cause__).split())
                        print(f"{error}: {cause}", file=told, flush=True)
                    if sum(os.times()[:4]) > seconds:  # of this process, and of those it started
                        break
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = told.read().splitlines()
    _, status = os.waitpid(pid, 0)
    return _SEED.unpack(shared[:])[0], lines, status


def _limit() -> None:
    """Memory as a limit of the address space: a MemoryError escapes like any other exception."""
    null = os.open(os.devnull, os.O_WRONLY)
    if not sys.stderr.isatty():
        os.dup2(null, 2)  # libraries in C complain of each input
    faulthandler.enable()
    if hasattr(resource, "RLIMIT_AS") and Path("/proc/self/statm").exists():
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MOST_BYTES, size + MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cause(status: int) -> str:
    if not os.WIFSIGNALED(status):
        return f"the process ended with {os.waitstatus_to_exitcode(status)}"
    number = signal.Signals(os.WTERMSIG(status))
    return _HANGS.get(number, f"the process died of {number.name}")
