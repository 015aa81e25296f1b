"""Settings that no solver can run with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...errors import SolverError
from ...solvers import checks, lr_policy, updater
from ...solvers.registry import rule_class
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import NET, SOLVER


@register
class BadSetting(Rule):
    """A setting of the solver that is missing, out of its range or at odds with another one:
    training would end with this error at its start."""

    code = "bad-setting"
    severity = Severity.ERROR
    bad = (
        """\
base_lr: 0.01
lr_policy: "step"  # <-
gamma: 0.1
max_iter: 100
"""
        + NET
    )
    good = NET + SOLVER

    def find(self, subject: Subject) -> Iterator[Exception]:
        solver = subject.solver
        if solver is None:
            return
        yield from subject.settings
        yield from checks.faults(solver)
        yield from lr_policy.faults(solver)
        yield from updater.faults(solver)
        try:
            rule_class(solver)(solver, 0, np.float32)
        except SolverError as error:
            yield error
