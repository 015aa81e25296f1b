"""Processes that share pieces of work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from protonet.errors import NetError
from protonet.kernels import threads
from protonet.kernels.team import SMALL, Team, shared_zeros

SIZE = 3


@pytest.fixture
def ran() -> np.ndarray:
    """Who ran what: a row for each process, a column for each index."""
    return shared_zeros(SIZE * 8, np.int64).reshape(SIZE, 8)


@pytest.fixture
def teams() -> Iterator[list[Team]]:
    made: list[Team] = []
    yield made
    for team in made:
        team.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def wait_until_gone(pids: list[int]) -> None:
    end = time.monotonic() + 30
    while not all(map(gone, pids)):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_each_piece_is_done_once_and_all_processes_do_some(
    ran: np.ndarray, teams: list[Team]
) -> None:
    def program(team: Team) -> None:
        def piece(i: int) -> None:
            ran[team._rank, i] += 1

        threads.run(piece, 8)

    teams.append(Team(SIZE, program))
    for count in (1, 2, 3):
        teams[0].run()
        assert ran.sum(0).tolist() == [count] * 8
    assert (ran.sum(1) > 0).all()


def test_what_comes_after_sees_all_that_was_done_before(teams: list[Team]) -> None:
    a, b, total = (shared_zeros(8, np.float64) for _ in range(3))

    def program(team: Team) -> None:
        def square(i: int) -> None:
            a[i] = i * i

        def turn(i: int) -> None:
            b[i] = a[7 - i]

        def add() -> None:
            total[0] += b.sum()

        threads.run(square, 8)
        threads.run(turn, 8)
        team.alone(add)
        threads.run(turn, 8, SMALL - 1)  # too little work to be shared
        threads.run(lambda i: a.__setitem__(i, 0), 8)

    teams.append(Team(SIZE, program))
    for count in range(1, 200):
        teams[0].run()
        assert b.tolist() == [(7 - i) ** 2 for i in range(8)]
        assert total[0] == count * 140 and not a.any()


def test_little_work_and_work_alone_are_of_the_first(ran: np.ndarray, teams: list[Team]) -> None:
    def program(team: Team) -> None:
        def piece(i: int) -> None:
            ran[team._rank, i] += 1
            threads.run(inner, 2)  # within a piece all is this process's

        def inner(i: int) -> None:
            ran[team._rank, 6 + i] += 1

        threads.run(piece, 5, SMALL - 1)
        team.alone(lambda: piece(5))

    teams.append(Team(SIZE, program))
    teams[0].run()
    assert ran[0].tolist() == [1] * 6 + [6, 6] and not ran[1:].any()


def test_threads_help_with_work_alone(teams: list[Team]) -> None:
    seen: list[object] = []
    teams.append(Team(2, lambda team: team.alone(lambda: seen.append(threads.piece(8)))))
    teams[0].run()
    assert seen == [8] and threads.piece(8) == 8


def test_a_dead_process_is_told(teams: list[Team]) -> None:
    one = shared_zeros(1, np.int64)

    def program(team: Team) -> None:
        threads.run(lambda i: os._exit(3) if one[0] and team._rank else None, 4)

    team = Team(2, program)
    teams.append(team)
    team.run()
    one[0] = 1
    with pytest.raises(NetError, match=rf"process {team._others[0]}, .* has ended.*run the pass"):
        team.run()
    assert not team.alive
    assert threads.piece(8) == 8  # this thread shares with nobody any more


def test_an_error_ends_the_team(teams: list[Team]) -> None:
    def program(team: Team) -> None:
        def fails() -> None:
            raise KeyError("of the program")

        team.alone(fails)
        threads.run(lambda i: None, 4)

    team = Team(SIZE, program)
    teams.append(team)
    others = list(team._others)
    with pytest.raises(KeyError):
        team.run()
    wait_until_gone(others)
    assert not team.alive


def test_close_and_the_end_of_the_object_end_the_processes() -> None:
    for drop in (False, True):
        team = Team(SIZE, lambda team: None)
        others = list(team._others)
        team.run()
        if not drop:
            team.close()
            team.close()
        del team
        wait_until_gone(others)


def test_an_interrupt_from_the_terminal_is_for_the_first(teams: list[Team]) -> None:
    teams.append(Team(2, lambda team: threads.run(lambda i: None, 4)))
    os.kill(teams[0]._others[0], signal.SIGINT)
    teams[0].run()
    assert teams[0].alive


def test_another_child_of_the_process_does_not_end_the_team(teams: list[Team]) -> None:
    teams.append(Team(2, lambda team: threads.run(lambda i: None, 4)))
    pid = os.fork()
    if pid == 0:
        teams.clear()  # and what would end it, if it were the child's
        os._exit(0)
    os.waitpid(pid, 0)
    teams[0].run()
    assert not gone(teams[0]._others[0])


def test_processes_do_not_outlive_a_killed_one() -> None:
    text = (
        "from protonet.kernels.team import Team; import os, sys\n"
        "team = Team(3, lambda team: None); team.run()\n"
        "print(*team._others, flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", text], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) == 2 and not any(map(gone, pids))
        process.kill()
        # The pipe ends with the process: nobody else holds it.
        assert process.stdout.read() == b""
    wait_until_gone(pids)
