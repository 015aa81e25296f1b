"""Snapshots without a name."""

from __future__ import annotations

from collections.abc import Iterator

from ...solvers._fault import fault
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import NET, SOLVER


@register
class SnapshotPrefix(Rule):
    """Snapshots are asked for and snapshot_prefix does not say where they go.  They will lie
    beside the solver, named after it."""

    code = "snapshot-prefix"
    severity = Severity.NOTE
    bad = (
        """\
snapshot: 50  # <-
"""
        + NET
        + SOLVER
    )
    good = (
        """\
snapshot: 50
snapshot_prefix: "run/net"
"""
        + NET
        + SOLVER
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        solver = subject.solver
        if solver and solver.message.snapshot > 0 and not solver.message.snapshot_prefix:
            yield fault(
                solver,
                "snapshot_prefix is missing: snapshots lie beside the solver, named after it",
                "say where they go",
                "snapshot",
            )
