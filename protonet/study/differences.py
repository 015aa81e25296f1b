"""Gradients against central differences: what backward says and what forward does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Of central differences, for values near 1: truncation and rounding are both near 1e-10.
STEP = 1e-5
#: Elements of each array that are tried one by one.
SINGLES = 12

#: Moves the values of an array, in place.
Move = Callable[[NDArray], None]
#: One number, a smooth function of an array that was moved before it is computed.
Objective = Callable[[Move], float]


@dataclass(frozen=True)
class Difference:
    """The slope of the objective along one direction.

    where: the index of the element that was moved; None: all were, each by another amount.
    got: by the gradient of backward.  want: by differences.  error: how far apart they are,
    relative to the largest of both and of the whole gradient.  kink: the function bends right
    there, and `got` lies between the slopes on both sides.
    """

    where: tuple[int, ...] | None
    got: float
    want: float
    error: float
    kink: bool = False

    def __str__(self) -> str:
        at = "all values" if self.where is None else f"[{', '.join(map(str, self.where))}]"
        return f"at {at}: backward says {self.got:.9g}, differences {self.want:.9g}"


@dataclass(frozen=True)
class _Direction:
    """One element (its flat index), or all, by amounts of 1/2 to 1 up or down."""

    flat: int | None
    amounts: NDArray | None = None

    def move(self, step: float) -> Move:
        def by(values: NDArray) -> None:
            if self.amounts is None:
                values.reshape(-1)[self.flat] += step
            else:
                values += step * self.amounts

        return by

    def slope(self, gradient: NDArray) -> float:
        """What a gradient says of the direction."""
        if self.amounts is None:
            return float(gradient.reshape(-1)[self.flat])
        return float(np.vdot(gradient, self.amounts))


def _directions(shape: tuple[int, ...], seed: int, singles: int) -> Iterator[_Direction]:
    """Two over all elements, then single elements: all, if there are few."""
    rng = np.random.default_rng(seed)
    for _ in range(2):
        amounts = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.0, shape)
        yield _Direction(None, np.asarray(amounts))
    for flat in rng.permutation(math.prod(shape))[:singles]:
        yield _Direction(int(flat))


def compare(
    objective: Objective,
    gradient: NDArray,
    seed: int = 0,
    *,
    singles: int = SINGLES,
    step: float = STEP,
    least: float = 0.0,
    doubtful: float = math.inf,
) -> Iterator[Difference]:
    """Hold a gradient against differences of its objective, direction by direction.

    gradient: what backward says; of the shape of the array that is moved.  singles: how many
    elements are tried one by one.  step: how far values are moved.  least: errors are relative
    to this at the least, below which there is only rounding.  doubtful: where an error is above
    this, the slopes on both sides are looked at: is it a kink?
    """
    largest = float(np.abs(gradient).max(initial=0))
    for direction in _directions(gradient.shape, seed, singles):
        got = direction.slope(gradient)
        up, down = (objective(direction.move(sign * step)) for sign in (1, -1))
        want = (up - down) / (2 * step)
        scale = max(least, abs(want), largest)
        error, kink = abs(got - want) / scale if scale else 0.0, False
        if error > doubtful:
            here = objective(direction.move(0.0))
            low, high = sorted([(up - here) / step, (here - down) / step])
            # Between the slopes of a smooth function there is nothing but the step's length.
            kink = high - low > doubtful * scale and low <= got <= high
        where = None if direction.flat is None else np.unravel_index(direction.flat, gradient.shape)
        yield Difference(where and tuple(map(int, where)), got, want, error, kink)
