"""Gradients against central differences: what backward says and what forward does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Of central differences, for values near 1: truncation and rounding are both near 1e-10.
STEP = 1e-5
#: Elements of each array that are tried one by one.
SINGLES = 12
#: Roundings, of the size of the last digit, that a value which changes may have in it.
_ROUNDINGS = 16

#: Moves the values of an array, in place.
Move = Callable[[NDArray], None]
#: What is computed of an array that was moved before: the tops, copied.
Outputs = Callable[[Move], Sequence[NDArray]]


@dataclass(frozen=True)
class Difference:
    """The slope of the objective, the sum of all outputs times their weights, along a direction.

    where: the index of the element that was moved; None: all were, each by another amount.
    got: by the gradient of backward.  want: by differences.  error: how far apart they are,
    relative to the largest of both and of the whole gradient.  rounding: how much of that the
    last digits of what is computed may explain.  kink: the function bends right there, and `got`
    lies between the slopes on both sides.
    """

    where: tuple[int, ...] | None
    got: float
    want: float
    error: float
    rounding: float
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


def _change(
    ahead: Sequence[NDArray], behind: Sequence[NDArray], weights: Sequence[NDArray]
) -> float:
    """How the objective changes.  Values that stay cost it no precision."""
    return sum(float(np.vdot(a - b, w)) for a, b, w in zip(ahead, behind, weights))


def _rounding(
    ahead: Sequence[NDArray], behind: Sequence[NDArray], weights: Sequence[NDArray]
) -> float:
    """What the rounding of the values that change may do to the objective."""
    squares = sum(
        float(np.square(np.where(a != b, np.abs(a) + np.abs(b), 0) * w).sum())
        for a, b, w in zip(ahead, behind, weights)
    )
    return _ROUNDINGS * float(np.finfo(np.float64).eps) * math.sqrt(squares)


def compare(
    outputs: Outputs,
    weights: Sequence[NDArray],
    gradient: NDArray,
    seed: int = 0,
    *,
    singles: int = SINGLES,
    step: float = STEP,
    least: float = 0.0,
    doubtful: float = math.inf,
) -> Iterator[Difference]:
    """Hold a gradient against differences of its objective, direction by direction.

    outputs, weights: the objective is the sum of the outputs times their weights, which are the
    gradients that backward was given.  gradient: what backward says; of the shape of the array
    that is moved.  singles: how many elements are tried one by one.  step: how far values are
    moved.  least: errors are relative to this at the least.  doubtful: where an error is above
    this, the slopes on both sides are looked at: is it a kink?
    """
    largest = float(np.abs(gradient).max(initial=0))
    for direction in _directions(gradient.shape, seed, singles):
        got = direction.slope(gradient)
        up, down = (outputs(direction.move(sign * step)) for sign in (1, -1))
        want = _change(up, down, weights) / (2 * step)
        scale = max(least, abs(want), largest) or 1.0
        error, kink = abs(got - want) / scale, False
        rounding = _rounding(up, down, weights) / (2 * step * scale)
        if not error <= doubtful + rounding:
            here = outputs(direction.move(0.0))
            slopes = [_change(up, here, weights) / step, _change(here, down, weights) / step]
            # Of a smooth function the two are the same, but for the length of the step.
            slack = doubtful * scale
            kink = abs(slopes[0] - slopes[1]) > slack
            kink = kink and min(slopes) - slack <= got <= max(slopes) + slack
        where = None if direction.flat is None else np.unravel_index(direction.flat, gradient.shape)
        index = None if where is None else tuple(map(int, where))
        yield Difference(index, got, want, error, rounding, kink)
