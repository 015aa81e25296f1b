"""Peers: the processes of a run, and which of them are gone."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import NamedTuple


class Peer(NamedTuple):
    """A process.  space: of process numbers, where it is known; cores: that it may use."""

    host: str
    pid: int
    space: str
    cores: tuple[int, ...]

    def beside(self, other: Peer) -> bool:
        """Are both on one machine, so that one sees the other's number?"""
        return (self.host, self.space) == (other.host, other.space)


def this_process() -> Peer:
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    return Peer(socket.gethostname(), os.getpid(), space, tuple(sorted(cores)))


def is_alive(pid: int) -> bool:
    """Does a process run on this machine?  One that is dead and not buried does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return True


def threads_for(peers: Sequence[Peer], rank: int) -> int | None:
    """How many threads a process should compute with: its share of the cores that it may use
    together with others; None if that is not known."""
    me = peers[rank]
    same = sum(peer.beside(me) and peer.cores == me.cores for peer in peers)
    return max(1, len(me.cores) // same) if me.cores else None
