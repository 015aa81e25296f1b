"""Learning rate policies: the rate of iteration i, by the name in `lr_policy`.

    fixed      base
    step       base gamma^floor(i / stepsize)
    exp        base gamma^i
    inv        base (1 + gamma i)^-power
    multistep  base gamma^k, k counting the stepvalues passed so far
    poly       base (1 - i / max_iter)^power
    sigmoid    base / (1 + e^(-gamma (i - stepsize)))

base is base_lr.  Every setting is read when it is needed, so it may be changed in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import did_you_mean
from ..log import log
from ..proto.source_map import SolverDefinition
from ._fault import fault

#: (SolverParameter, iteration, current_step) -> what base_lr is multiplied with.
Factor = Callable[[Any, int, int], float]


class Policy(NamedTuple):
    """factor: see `Factor`.  needs: fields that must be above zero.  uses_gamma: whether a
    negative gamma is a fault."""

    factor: Factor
    needs: tuple[str, ...] = ()
    uses_gamma: bool = True


def _power(base: float, exponent: float) -> float:
    """base^exponent as C computes it: inf and nan where Python would raise."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


POLICIES: dict[str, Policy] = {
    "fixed": Policy(lambda p, i, k: 1.0, uses_gamma=False),
    "step": Policy(lambda p, i, k: _power(p.gamma, k), ("stepsize",)),
    "exp": Policy(lambda p, i, k: _power(p.gamma, i)),
    "inv": Policy(lambda p, i, k: _power(1.0 + p.gamma * i, -p.power)),
    "multistep": Policy(lambda p, i, k: _power(p.gamma, k)),
    "poly": Policy(
        lambda p, i, k: _power(1.0 - i / p.max_iter, p.power), ("max_iter",), uses_gamma=False
    ),
    "sigmoid": Policy(lambda p, i, k: _sigmoid(p.gamma * (i - p.stepsize)), ("stepsize",)),
}


class LearningRate:
    """The rate, iteration by iteration.

    current_step: how many steps the rate has gone down (policies step and multistep).  It
    is part of a snapshot: multistep goes up by at most one each time it is asked, as in
    Caffe, so it cannot be computed from the iteration alone.
    """

    def __init__(self, text: SolverDefinition) -> None:
        """SolverError if the policy is unknown or lacks a setting.

        Caffe finds that out at the first iteration; here it is found before.
        """
        self.param = text.message
        self.current_step = 0
        name = self.param.lr_policy
        if name not in POLICIES:
            what = f"unknown lr_policy '{name}'" if name else "lr_policy is missing"
            hint = did_you_mean(name, POLICIES) or f"known are {', '.join(sorted(POLICIES))}"
            raise fault(text, what, hint, "lr_policy")
        self._policy = POLICIES[name]
        for field in self._policy.needs:
            if getattr(self.param, field) <= 0:
                raise fault(
                    text,
                    f"lr_policy '{name}' needs a {field} above 0",
                    f"add {field}",
                    field if self.param.HasField(field) else "lr_policy",
                )
        if self._policy.uses_gamma and self.param.gamma < 0:
            raise fault(text, f"gamma is {self.param.gamma:g}", "it must not be below 0", "gamma")

    def next(self, iteration: int) -> float:
        """The rate of this iteration.  To be asked once in each, see `current_step`."""
        before = self.current_step
        self.current_step = self._step_at(iteration)
        if self.param.lr_policy == "multistep" and self.current_step != before:
            log.info("MultiStep Status: Iteration %d, step = %d", iteration, self.current_step)
        return self._rate(iteration, self.current_step)

    def peek(self, iteration: int) -> float:
        """What `next` will return, without asking."""
        return self._rate(iteration, self._step_at(iteration))

    def _rate(self, iteration: int, step: int) -> float:
        return float(self.param.base_lr) * self._policy.factor(self.param, iteration, step)

    def _step_at(self, iteration: int) -> int:
        step, values = self.current_step, self.param.stepvalue
        if self.param.lr_policy == "step":
            return iteration // int(self.param.stepsize)
        if self.param.lr_policy == "multistep":
            return step + (step < len(values) and iteration >= values[step])
        return step
