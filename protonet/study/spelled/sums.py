"""Sums spelled out: single numbers of an example, computed again with everything in sight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from numpy.typing import NDArray

from ...core.registry import Registry
from ..shown import number
from ..worked import Worked


@dataclass(frozen=True)
class Sum:
    """array[index] = text = value.  The value comes from what the text says, not from the layer."""

    array: str
    index: tuple[int, ...]
    text: str
    value: float

    def __str__(self) -> str:
        at = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        shown = number(self.value)
        return f"{self.array}{at} = {self.text}" + f" = {shown}" * (self.text != shown)


Speller = Callable[[Worked], Iterator[Sum]]
#: Type -> what spells out some numbers of its examples.
SPELLED: Registry[Speller] = Registry("spelled-out sum")


def spelled(*types: str) -> Callable[[Speller], Speller]:
    """Decorator: of these types."""

    def add(fn: Speller) -> Speller:
        for name in types:
            SPELLED.add(name, fn)
        return fn

    return add


def factor(value: float) -> str:
    """A number inside a product or a sum: -2 -> '(-2)'."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def total(*terms: Sequence[float]) -> tuple[str, float]:
    """The text and the value of a sum of products: (2, 3), (5,) -> '2*3 + 5', 11."""
    text = " + ".join("*".join(factor(value) for value in term) for term in terms)
    return text or "0", math.fsum(math.prod(term) for term in terms)


def first(array: NDArray) -> tuple[int, ...]:
    return (0,) * array.ndim
