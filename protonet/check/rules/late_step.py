"""Rates that would change after the end."""

from __future__ import annotations

from collections.abc import Iterator

from ...solvers import lr_policy
from ...solvers._fault import fault
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import NET


@register
class LateStep(Rule):
    """The learning rate changes for the first time at an iteration that the training does not
    reach: max_iter comes before.  A very large stepsize is a known way to write a rate that stays;
    `lr_policy: "fixed"` says so."""

    code = "late-step"
    severity = Severity.NOTE
    bad = (
        """\
lr_policy: "step"
base_lr: 0.01
gamma: 0.1
stepsize: 5000  # <-
max_iter: 1000
"""
        + NET
    )
    good = (
        """\
lr_policy: "step"
base_lr: 0.01
gamma: 0.1
stepsize: 500
max_iter: 1000
"""
        + NET
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        solver = subject.solver
        if solver is None or [*lr_policy.faults(solver)]:
            return
        param = solver.message
        first = lr_policy.POLICIES[param.lr_policy].first(param)
        if first is not None and 0 < param.max_iter <= first:
            yield fault(
                solver,
                f"the rate first changes at iteration {first}, and max_iter is {param.max_iter}",
                "change one of the two",
                next(f for f in (*lr_policy.STEPS, "lr_policy") if getattr(param, f)),
            )
