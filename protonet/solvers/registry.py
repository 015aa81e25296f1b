"""From the solver's `type` to the rule."""

from __future__ import annotations

from typing import TypeVar

from ..core.registry import Registry
from ..proto.source_map import SolverDefinition
from ._fault import fault
from .rule import Rule

RULES: Registry[type[Rule]] = Registry("rule")
_Class = TypeVar("_Class", bound="type[Rule]")


def register(cls: _Class) -> _Class:
    """Class decorator: make a rule known under its `type`."""
    return RULES.add(cls.type, cls)


def rule_class(definition: SolverDefinition) -> type[Rule]:
    """The rule that the solver's `type` names, in any letter case: files in the wild write
    ADAM and RMSPROP.  SolverError with the nearest known type if there is none."""
    name = definition.message.type
    for known, cls in RULES.items():
        if known.lower() == name.lower():
            return cls
    hint = RULES.nearest(name) or f"known are {', '.join(sorted(RULES))}"
    raise fault(definition, f"unknown solver type '{name}'", hint, "type")
