"""Learning rate policies: the rate of iteration i, by the name in `lr_policy`.

    fixed      base
    step       base gamma^floor(i / stepsize)
    exp        base gamma^i
    inv        base (1 + gamma i)^-power
    multistep  base gamma^k, k counting the stepvalues passed so far
    poly       base (1 - i / max_iter)^power
    sigmoid    base / (1 + e^(-gamma (i - stepsize)))

and of forks

    plateau    base gamma^k (SSD and its kin): k goes up by one when the smoothed loss has not gone
               below its smallest value for plateau_winsize[k] iterations, counted from that value
               or from the last step; never more often than there are plateau_winsizes
    multifixed stagelr[j] (YOLO, Intel): j the first stage with i <= stageiter[j], or the last one

base is base_lr.  Before all of them stands a warm-up, if it is asked for: in the first warmup_iter
iterations (Intel) the rate goes from warmup_start_lr to base in a straight line, in the first
rampup_interval (NVIDIA) from rampup_lr with the square of i / rampup_interval.  The rate never
falls below min_lr (NVIDIA), where poly ends.

Every setting is read when it is needed, so it may be changed in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from google.protobuf.message import Message

from ..errors import ProtonetError, did_you_mean, together
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.source_map import SolverDefinition
from ._fault import fault

#: (SolverParameter, iteration, current_step) -> what base_lr is multiplied with.
Factor = Callable[[pb.SolverParameter, int, int], float]


#: Fields that not every policy has.
SETTINGS = ("gamma", "power", "stepsize", "stepvalue", "plateau_winsize", "stagelr", "stageiter")
#: Those of them that say when the rate changes.
STEPS = ("stepsize", "stepvalue", "plateau_winsize")
#: Fields of forks that say how long a warm-up is and where it starts, and the lowest rate.
_WARM_UPS = {"warmup_iter": "warmup_start_lr", "rampup_interval": "rampup_lr"}
_NOT_NEGATIVE = ("min_lr", *_WARM_UPS, *_WARM_UPS.values())
#: What is read here of the fields that forks added.
SERVES = frozenset(
    f"SolverParameter.{field}"
    for field in ("plateau_winsize", "stagelr", "stageiter", *_NOT_NEGATIVE)
)


class Policy(NamedTuple):
    """factor: see `Factor`.  reads: those of `SETTINGS` that it looks at.  needs: fields that
    must be above zero.  first: the first iteration with another rate than base_lr, where that
    can be told; None if there is none.  of_base: is the factor one of base_lr?"""

    factor: Factor
    reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    first: Callable[[pb.SolverParameter], int | None] = lambda p: None
    of_base: bool = True


def _stage_rate(param: pb.SolverParameter, iteration: int, step: int) -> float:
    for last, rate in zip(param.stageiter, param.stagelr):
        if iteration <= last:
            return rate
    return param.stagelr[-1]


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
    "fixed": Policy(lambda p, i, k: 1.0),
    "step": Policy(
        lambda p, i, k: _power(p.gamma, k),
        ("gamma", "stepsize"),
        needs=("stepsize",),
        first=lambda p: p.stepsize,
    ),
    "exp": Policy(lambda p, i, k: _power(p.gamma, i), ("gamma",), first=lambda p: 1),
    "inv": Policy(lambda p, i, k: _power(1.0 + p.gamma * i, -p.power), ("gamma", "power")),
    "multistep": Policy(
        lambda p, i, k: _power(p.gamma, k),
        ("gamma", "stepvalue"),
        first=lambda p: p.stepvalue[0] if p.stepvalue else None,
    ),
    "poly": Policy(
        lambda p, i, k: _power(1.0 - i / p.max_iter, p.power), ("power",), needs=("max_iter",)
    ),
    "sigmoid": Policy(
        lambda p, i, k: _sigmoid(p.gamma * (i - p.stepsize)),
        ("gamma", "stepsize"),
        needs=("stepsize",),
    ),
    "plateau": Policy(
        lambda p, i, k: _power(p.gamma, k),
        ("gamma", "plateau_winsize"),
        first=lambda p: p.plateau_winsize[0] if p.plateau_winsize else None,
    ),
    "multifixed": Policy(_stage_rate, ("stagelr", "stageiter"), of_base=False),
}


#: Policies whose steps are logged, with their name there.
_STATUS = {"multistep": "MultiStep", "plateau": "Plateau"}


class LearningRate:
    """The rate, iteration by iteration.

    current_step: how many steps the rate has gone down (policies step, multistep and plateau).
    It is part of a snapshot: multistep goes up by at most one each time it is asked, as in
    Caffe, so it cannot be computed from the iteration alone.  minimum_loss, last_event: of
    plateau, the smallest loss so far, and when it or the last step was.
    """

    def __init__(self, definition: SolverDefinition) -> None:
        """SolverError if the policy is unknown or lacks a setting.

        Caffe finds that out at the first iteration; here it is found before.
        """
        self.param = definition.message
        self.current_step = 0
        self.minimum_loss: float = math.inf
        self.last_event: float = 0
        if errors := [*faults(definition)]:
            raise together(errors)
        self._policy = POLICIES[self.param.lr_policy]
        for warning in self.doubts(definition):
            log.warning("%s", warning)

    def doubts(self, definition: SolverDefinition) -> Iterator[ProtonetError]:
        """What to warn of."""
        yield from self._missing(definition)
        yield from _unread(definition, self._policy)
        yield from _out_of_order(definition)

    def _missing(self, definition: SolverDefinition) -> Iterator[ProtonetError]:
        """Settings without which the rate is 0 or never changes; Caffe takes 0 for them."""
        param = self.param
        missing = [f for f in self._policy.reads if f not in _given(param)]
        first = self._policy.first(param)
        if (
            not self._policy.of_base
            or not missing
            or (first is not None and 0 < param.max_iter <= first)
        ):
            return
        effect = f"is 0 from iteration {first} on"
        if first is None:
            effect = f"stays {self._rate(0, 0):g}"
        are = "are" if len(missing) > 1 else "is"
        names = " and ".join(missing)
        yield fault(
            definition,
            f"{names} {are} missing: with lr_policy '{param.lr_policy}' the rate {effect}",
            f"add {names}{_instead(param, param.lr_policy)}",
            "lr_policy",
        )

    def next(self, iteration: int, loss: float = math.inf) -> float:
        """The rate of this iteration, whose smoothed loss is `loss`.  To be asked once in each,
        see `current_step`."""
        if self.warming_up(iteration):
            return self._rate(iteration, self.current_step)
        before = self.current_step
        self.current_step = self._step_at(iteration)
        if self.param.lr_policy == "plateau":
            self._look_for_plateau(iteration, loss)
        name = _STATUS.get(self.param.lr_policy)
        if name and self.current_step != before:
            log.info("%s Status: Iteration %d, step = %d", name, iteration, self.current_step)
        return self._rate(iteration, self.current_step)

    def peek(self, iteration: int) -> float:
        """What `next` will return, without asking; of plateau, if no step is due."""
        return self._rate(iteration, self._step_at(iteration))

    def warming_up(self, iteration: int) -> bool:
        """Is the rate still on its way to base_lr?  No policy is asked then."""
        return any(iteration < getattr(self.param, field) for field in _WARM_UPS)

    def _look_for_plateau(self, iteration: int, loss: float) -> None:
        if loss < self.minimum_loss:
            self.minimum_loss, self.last_event = loss, iteration
        windows = self.param.plateau_winsize[self.current_step :]
        if windows and iteration >= self.last_event + windows[0]:
            self.current_step, self.last_event = self.current_step + 1, iteration

    def state(self) -> dict[str, float]:
        """What Caffe's state does not say, for a snapshot."""
        return {"minimum_loss": self.minimum_loss, "last_event": self.last_event}

    def set_state(self, state: Mapping[str, float]) -> None:
        """{}: start anew."""
        self.minimum_loss = state.get("minimum_loss", math.inf)
        self.last_event = state.get("last_event", 0)

    def _rate(self, iteration: int, step: int) -> float:
        param, base = self.param, float(self.param.base_lr)
        if iteration < param.warmup_iter:
            start, part = param.warmup_start_lr, iteration / param.warmup_iter
            return start + (base - start) * part
        if iteration < param.rampup_interval:
            start, part = param.rampup_lr, iteration / param.rampup_interval
            return start + (base - start) * part * part
        factor = self._policy.factor(param, iteration, step)
        if param.lr_policy == "poly":
            return param.min_lr + (base - param.min_lr) * factor
        rate = base * factor if self._policy.of_base else factor
        return max(rate, param.min_lr) if param.HasField("min_lr") else rate

    def _step_at(self, iteration: int) -> int:
        step, values = self.current_step, self.param.stepvalue
        if self.param.lr_policy == "step":
            return iteration // int(self.param.stepsize)
        if self.param.lr_policy == "multistep":
            return step + (step < len(values) and iteration >= values[step])
        return step


def _given(param: Message) -> list[str]:
    """Those of `SETTINGS` that are written."""
    written = {field.name for field, _ in param.ListFields()}
    return [field for field in SETTINGS if field in written]


def faults(definition: SolverDefinition) -> Iterator[ProtonetError]:
    """SolverErrors: a policy that is unknown or lacks a setting, and bad values."""
    param: Message = definition.message
    name = definition.message.lr_policy
    if name not in POLICIES:
        what = f"unknown lr_policy '{name}'" if name else "lr_policy is missing"
        hint = did_you_mean(name, POLICIES) or f"known are {', '.join(sorted(POLICIES))}"
        yield fault(definition, what, hint, "lr_policy")
        return
    for field in POLICIES[name].needs:
        if getattr(param, field) <= 0:
            yield fault(
                definition,
                f"lr_policy '{name}' needs a {field} above 0",
                f"add {field}{_instead(param, name)}",
                field if param.HasField(field) else "lr_policy",
            )
    gamma = definition.message.gamma
    if "gamma" in POLICIES[name].reads and gamma < 0:
        yield fault(definition, f"gamma is {gamma:g}", "it must not be below 0", "gamma")
    yield from _fork_faults(definition)


def _fork_faults(definition: SolverDefinition) -> Iterator[ProtonetError]:
    """Bad values of fields of forks."""
    param: Message = definition.message
    for field in _NOT_NEGATIVE:
        value = getattr(param, field)
        if value < 0:
            yield fault(definition, f"{field} is {value:g}", "it must not be below 0", field)
    for index, window in enumerate(definition.message.plateau_winsize):
        if window <= 0:
            what = f"plateau_winsize is {window}"
            yield fault(definition, what, "it must be above 0", f"plateau_winsize[{index}]")
    rates, ends = len(definition.message.stagelr), len(definition.message.stageiter)
    if definition.message.lr_policy == "multifixed" and (rates == 0 or rates != ends):
        what = f"lr_policy 'multifixed' has {rates} stagelr and {ends} stageiter"
        yield fault(definition, what, "give one of each for each stage", "lr_policy")
    if definition.message.min_lr > definition.message.base_lr and (
        definition.message.lr_policy == "poly"
    ):
        what = f"min_lr is {definition.message.min_lr:g}, above base_lr"
        yield fault(definition, what, "the rate goes down to it", "min_lr")


def _instead(param: Message, name: str) -> str:
    """The other policy with steps, where its steps are given and not those of this one."""
    steps = {"step": "stepsize", "multistep": "stepvalue"}
    for other, field in steps.items():
        if name in steps and _given(param).count(field) and steps[name] not in _given(param):
            return f", or take lr_policy '{other}', which reads {field}"
    return ""


def _unread(definition: SolverDefinition, policy: Policy) -> Iterator[ProtonetError]:
    unread = [field for field in _given(definition.message) if field not in policy.reads]
    if unread:
        what = f"lr_policy '{definition.message.lr_policy}' does not read {' and '.join(unread)}"
        yield fault(definition, what, f"take {'them' if len(unread) > 1 else 'it'} out", unread[0])


def _out_of_order(definition: SolverDefinition) -> Iterator[ProtonetError]:
    """Of stepvalues only the next one is looked at, so one that is not above the one before
    it takes effect an iteration after that."""
    values = list(definition.message.stepvalue)
    if definition.message.lr_policy != "multistep":
        return
    for index, (before, value) in enumerate(pairwise(values), 1):
        if value <= before:
            what = f"stepvalue {value} stands after {before}"
            hint = "put them into ascending order"
            yield fault(
                definition,
                f"{what}: it counts from iteration {before + 1} on",
                hint,
                f"stepvalue[{index}]",
            )
            return
