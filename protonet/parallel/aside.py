"""Aside: what processes say to each other beside what all do in one order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

#: Seconds in which somebody who waits answers, and in which whoever may speak has spoken.
_GRACE, _PATIENCE = 2.0, 10.0
#: Of a wait.
_NAP = 0.001
#: What is said: a question and its answer twice, and that the run ends.
_CALL, _HERE, _MAY_I, _DO, _FAREWELL = 1, 2, 3, 4, 5


class Aside:
    """comm: of all processes, for this alone."""

    def __init__(self, MPI: Any, comm: Any) -> None:
        self._MPI, self._comm = MPI, comm
        self._rank, self._others = comm.rank, set(range(comm.size)) - {comm.rank}
        self._sent: list[Any] = []
        #: Who is asked for the word, and whom it was given to.
        self.speaker = 0
        self._given: int | None = None

    def answer(self) -> None:
        """See to those who have asked something; whoever waits calls it from time to time."""
        for rank in self._heard(_CALL):
            self._say(rank, _HERE)
        for rank in self._heard(_MAY_I):
            if self._given is None:
                self._given = rank
                self._say(rank, _DO)

    def absent(self) -> set[int]:
        """Ask all whether they are there; those who do not answer."""
        others = set(self._others)
        for rank in others:
            self._say(rank, _CALL)
        for _ in self._moments(_GRACE):
            self.answer()
            others -= set(self._heard(_HERE))
            if not others:
                break
        return others

    def has_the_word(self) -> bool:
        """Of several that want to say why the run ends one is told to: it, and then `farewell`.

        The others get False when it has.  Where nobody answers, each speaks in the end.
        """
        if self._rank == self.speaker and self._given is None:
            self._given = self._rank
            return True
        if self._rank != self.speaker:
            self._say(self.speaker, _MAY_I)
        for _ in self._moments(_PATIENCE):
            if self.heard_farewell():
                return False
            if self._heard(_DO):
                return True
            self.answer()
        return True

    @staticmethod
    def _moments(seconds: float) -> Iterator[None]:
        """So long, in which this process runs: a machine may sleep meanwhile."""
        for _ in range(int(seconds / _NAP)):
            yield
            time.sleep(_NAP)

    def farewell(self) -> None:
        """Tell all that why the run ends was said."""
        for rank in self._others:
            self._say(rank, _FAREWELL)
        for request in self._sent:
            request.Test()

    def heard_farewell(self) -> bool:
        return bool(self._comm.Iprobe(self._MPI.ANY_SOURCE, _FAREWELL))

    def _say(self, rank: int, tag: int) -> None:
        try:
            self._sent.append(self._comm.isend(self._rank, rank, tag))
        except self._MPI.Exception:
            return  # it does not listen any more

    def _heard(self, tag: int) -> list[int]:
        """Who has said that."""
        ranks = []
        while self._comm.Iprobe(self._MPI.ANY_SOURCE, tag):
            ranks.append(self._comm.recv(source=self._MPI.ANY_SOURCE, tag=tag))
        return ranks
