"""Which rule serves which operator of ONNX: a table, one entry an operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from ...core.registry import Registry

if TYPE_CHECKING:
    from .site import Site

#: From a node, as a `Site` shows it, to the names of the blobs that are its outputs.
Rule = Callable[["Site"], str | Sequence[str]]

RULES: Registry[Rule] = Registry("rule")

_Function = TypeVar("_Function", bound=Rule)


def rule(*operators: str) -> Callable[[_Function], _Function]:
    """Function decorator: serves these operators."""

    def add(function: _Function) -> _Function:
        for name in operators:
            RULES.add(name, function)
        return function

    return add
