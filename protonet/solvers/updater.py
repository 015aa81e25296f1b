"""Updater: applies a rule to all parameters of a net, in pieces that fit the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..core.arena import Arena
from ..errors import SolverError, did_you_mean
from ..kernels import threads, updates
from ..proto.source_map import SolverDefinition
from ._fault import fault
from .rule import Rule

#: Values in a piece of work: large enough that threads do not wait for one another.
CHUNK = 1 << 18

DECAYS = {"L2": updates.decay_l2, "L1": updates.decay_l1}


class Piece(NamedTuple):
    """Neighbouring parameters with the same multipliers."""

    part: slice
    lr_mult: float
    decay_mult: float


def faults(definition: SolverDefinition) -> Iterator[SolverError]:
    """A regularisation that nobody knows."""
    kind = definition.message.regularization_type
    if definition.message.weight_decay != 0 and kind not in DECAYS:
        hint = did_you_mean(kind, DECAYS) or f"known are {', '.join(DECAYS)}"
        what = f"unknown regularization_type '{kind}'"
        yield fault(definition, what, hint, "regularization_type")


class Updater:
    """Clips, normalises, regularises and steps, over the flat arrays of an arena.

    The pieces are fixed by the parameters alone, so the result does not depend on the
    number of threads.
    """

    def __init__(
        self,
        definition: SolverDefinition,
        rule: Rule,
        arena: Arena,
        lr_mults: Sequence[float],
        decay_mults: Sequence[float],
    ) -> None:
        self.param, self.rule, self.arena = definition.message, rule, arena
        for error in faults(definition):
            raise error
        self._decay = DECAYS.get(self.param.regularization_type, updates.decay_l2)
        self._bins = _fill_bins(_pieces(arena.slices, lr_mults, decay_mults))
        self._partial = np.zeros(len(self._bins))

    def norm(self) -> float:
        """L2 norm of all gradients."""

        def square(index: int) -> None:
            g = self.arena.diff
            self._partial[index] = sum(float(np.dot(g[p.part], g[p.part])) for p in bins[index])

        bins = self._bins
        threads.run(square, len(bins))
        return float(self._partial.sum()) ** 0.5

    def apply(self, rate: float, scale: float, flush: bool = False) -> None:
        """One step for every parameter.  scale: what all gradients are multiplied with
        first (clipping and iter_size).  flush: rid the history of denormal numbers."""
        bins = self._bins

        def update(index: int) -> None:
            for piece in bins[index]:
                self._update(piece, rate, scale)
                for array in self.rule.history if flush else ():
                    updates.flush(array[piece.part])

        threads.run(update, len(bins))

    def _update(self, piece: Piece, rate: float, scale: float) -> None:
        part = piece.part
        w, g = self.arena.data[part], self.arena.diff[part]
        decay = self.param.weight_decay * piece.decay_mult
        history = [array[part] for array in self.rule.history]
        # A diverging net is the NaN guard's business, not NumPy's.
        with np.errstate(all="ignore"):
            if scale != 1.0:
                g *= scale
            if decay != 0.0:
                self._decay(w, g, decay)
            self.rule.update(w, g, history, rate * piece.lr_mult)


def _pieces(
    slices: Sequence[slice], lr_mults: Sequence[float], decay_mults: Sequence[float]
) -> list[Piece]:
    """Neighbours with equal multipliers joined, then cut into chunks."""
    joined: list[Piece] = []
    for part, *mults in zip(slices, lr_mults, decay_mults):
        last = joined[-1] if joined else None
        if last and last.part.stop == part.start and [last.lr_mult, last.decay_mult] == mults:
            joined[-1] = last._replace(part=slice(last.part.start, part.stop))
        else:
            joined.append(Piece(part, *mults))
    return [
        piece._replace(part=slice(start, min(start + CHUNK, piece.part.stop)))
        for piece in joined
        for start in range(piece.part.start, piece.part.stop, CHUNK)
    ]


def _fill_bins(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Small pieces put together, so that a bias is not a piece of work by itself."""
    bins: list[list[Piece]] = []
    room = 0
    for piece in pieces:
        size = piece.part.stop - piece.part.start
        if size > room:
            bins.append([])
            room = CHUNK
        bins[-1].append(piece)
        room -= size
    return bins
