"""From the solver's `type` to the rule."""

from __future__ import annotations

from typing import TypeVar

from ..errors import did_you_mean
from ..proto.source_map import SolverDefinition
from ._fault import fault
from .rule import Rule

RULES: dict[str, type[Rule]] = {}
_Class = TypeVar("_Class", bound="type[Rule]")


def register(cls: _Class) -> _Class:
    """Class decorator: make a rule known under its `type`."""
    if RULES.setdefault(cls.type, cls) is not cls:
        raise ValueError(f"two rules of type {cls.type}: {RULES[cls.type]} and {cls}")
    return cls


def rule_class(text: SolverDefinition) -> type[Rule]:
    """The rule that the solver's `type` names, in any letter case: files in the wild write
    ADAM and RMSPROP.  SolverError with the nearest known type if there is none."""
    name = text.message.type
    for known, cls in RULES.items():
        if known.lower() == name.lower():
            return cls
    hint = did_you_mean(name, RULES) or f"known are {', '.join(sorted(RULES))}"
    raise fault(text, f"unknown solver type '{name}'", hint, "type")
