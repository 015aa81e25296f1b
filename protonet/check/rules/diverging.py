"""Numbers with which no training can succeed."""

from __future__ import annotations

from collections.abc import Iterator

from ...solvers._fault import fault
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import NET, SOLVER


@register
class Diverging(Rule):
    """A momentum of 1 or more never forgets a gradient, and one below 0 turns it round; a
    learning rate or a weight decay below 0 climbs where it should descend.  The loss grows
    until it is no number any more."""

    code = "diverging"
    severity = Severity.WARNING
    bad = (
        """\
momentum: 1.0  # <-
"""
        + NET
        + SOLVER
    )
    good = (
        """\
momentum: 0.9
"""
        + NET
        + SOLVER
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        solver = subject.solver
        if solver is None:
            return
        momentum = solver.message.momentum
        if not 0 <= momentum < 1:
            yield fault(solver, f"momentum is {momentum:g}", "0 to 0.99 is sensible", "momentum")
        for field in ("base_lr", "weight_decay"):
            value = getattr(solver.message, field)
            if value < 0:
                yield fault(solver, f"{field} is {value:g}", "it must not be below 0", field)
