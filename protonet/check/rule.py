"""Rule: what one kind of finding is, and how it is found.  The manual for writing one.

A rule is a class in a file of its own in `rules/`, and a line in `rules/__init__.py`:

    @register
    class DropoutRatio(Rule):
        \"\"\"One paragraph: what is found, why it is a fault.  --explain prints it.\"\"\"

        code = "dropout-ratio"
        severity = Severity.WARNING
        bad = ...   # a definition with this finding and no other; "# <-" marks each line it is in
        good = ...  # the same put right: no finding at all

        def find(self, subject):
            for view in subject.views:
                for step in view.steps:
                    if ...:
                        yield step.locate(NetError(what, hint, field="dropout_param"))

Findings are yielded as errors, which say what, what to do and where in the same form; nobody raises
them.  What several states of a net have in common is told once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, TypeVar

from ..core.registry import Registry
from .finding import Severity
from .subject import Subject


class Rule(ABC):
    """Base of the rules.  bad, good: its examples, which the tests hold it to."""

    code: ClassVar[str]
    severity: ClassVar[Severity]
    bad: ClassVar[str]
    good: ClassVar[str]

    @abstractmethod
    def find(self, subject: Subject) -> Iterator[Exception]:
        """An error with its place for each finding."""


RULES: Registry[type[Rule]] = Registry("rule")
_Class = TypeVar("_Class", bound="type[Rule]")


def register(cls: _Class) -> _Class:
    """Class decorator: make a rule known under its `code`."""
    return RULES.add(cls.code, cls)
