"""The learning rate of a solver over its iterations, as points of a curve."""

from __future__ import annotations

import math
from typing import Any

from ...errors import ProtonetError
from ...proto.printer import scalar
from ...proto.source_map import SolverDefinition
from ...solvers.lr_policy import LearningRate

_POINTS = 500
_LENGTH = 10_000  # iterations of a solver that does not say how many


def solver_data(definition: SolverDefinition) -> dict[str, Any]:
    """fields: what is written, name and value; those with fields of their own are left out.
    iterations, rates: the curve; `unknown` says why there is none, or what it leaves out."""
    param = definition.message
    fields = [
        [field.name, scalar(field, item)]
        for field, value in param.ListFields()
        if field.message_type is None
        for item in (value if hasattr(value, "append") else [value])
    ]
    try:
        iterations, rates = _curve(definition)
    except ProtonetError as error:
        return {"fields": fields, "iterations": [], "rates": [], "unknown": error.what}
    plateau = "without the steps, which depend on the loss" if param.lr_policy == "plateau" else ""
    return {"fields": fields, "iterations": iterations, "rates": rates, "unknown": plateau}


def _curve(definition: SolverDefinition) -> tuple[list[int], list[float | None]]:
    """A rate that is no finite number is None."""
    param = definition.message
    rate = LearningRate(definition)
    length = param.max_iter or _LENGTH
    steps = [*param.stepvalue, *param.stageiter]
    if param.lr_policy == "step" and length / param.stepsize < _POINTS:
        steps += range(param.stepsize, length, param.stepsize)
    at = {round(length * i / _POINTS) for i in range(_POINTS + 1)}
    at |= {i for step in steps for i in (step - 1, step, step + 1) if 0 <= i <= length}
    iterations = sorted(at)
    rates = [rate.next(i) for i in iterations]
    return iterations, [value if math.isfinite(value) else None for value in rates]
