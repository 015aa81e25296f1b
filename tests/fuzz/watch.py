"""Inputs tried in a process of its own, whose death is a finding like any other."""

from __future__ import annotations

import faulthandler
import mmap
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import targets

MOST_SECONDS = 10  # for one input
MOST_BYTES = 1 << 30  # of memory, beyond what the process has at first
_SEED = struct.Struct("<q")


def tried_apart(name: str, seeds: Sequence[int], folder: Path) -> Iterator[str]:
    """A line for each input that ends in anything but a result or an error of protonet's."""
    todo = list(seeds)
    while todo:
        at, lines, status = _child(name, todo, folder)
        yield from lines
        if status == 0:
            return
        yield f"'{name}' with seed {at}: {_cause(status)}"
        todo = todo[todo.index(at) + 1 :]


def _child(name: str, seeds: list[int], folder: Path) -> tuple[int, list[str], int]:
    """The seed that was tried last, what was found, and how the process ended."""
    shared = mmap.mmap(-1, _SEED.size)  # lives on when the child does not
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
                    faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
                    try:
                        targets.run(name, seed, folder)
                    except AssertionError as error:
                        print(
                            f"{error}: {' '.join(str(error.__cause__).split())}",
                            file=told,
                            flush=True,
                        )
                faulthandler.cancel_dump_traceback_later()
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
    if os.WIFSIGNALED(status):
        return f"the process died of {signal.Signals(os.WTERMSIG(status)).name}"
    return f"more than {MOST_SECONDS} seconds, or the process ended otherwise"
