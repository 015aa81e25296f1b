"""Settings of a solver that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ...errors import SolverError
from ...solvers import checks, lr_policy
from ...solvers.registry import rule_class
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import NET, SOLVER


@register
class IdleSetting(Rule):
    """A setting of the solver that has no effect, or without which another one has none: gamma
    for a policy that does not read it, test_interval without test_iter, a policy whose rate
    stays where it is or becomes 0."""

    code = "idle-setting"
    severity = Severity.WARNING
    bad = (
        """\
gamma: 0.1  # <-
"""
        + NET
        + SOLVER
    )
    good = NET + SOLVER

    def find(self, subject: Subject) -> Iterator[Exception]:
        solver = subject.solver
        if solver is None:
            return
        yield from checks.doubts(solver)
        if not [*lr_policy.faults(solver)]:
            yield from lr_policy.LearningRate(solver).doubts(solver)
        with suppress(SolverError):  # see bad-setting
            yield from rule_class(solver).doubts(solver)
