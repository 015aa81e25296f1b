"""Gradients in half precision: half the bytes on the network.

Each process sends a part of its gradients to each other one, which adds up one part of all and
sends the mean to everybody.  What is sent is float16 times a power of two that brings the part's
largest value near float16's own, so that nothing overflows, and only what is less than 2^-39 of
the largest goes to zero.

The error: a value is rounded twice, once before the sum and once after it, each time by 2^-11 of
itself at most (values under 2^-28 of a part's largest: by 2^-39 of that).  The sum itself is made
in float32, and all processes get the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Largest power of two of float16.
_TOP = 15
#: Words in front of the values: the exponent.
_HEAD = 1


def packed(values: NDArray, out: NDArray) -> None:
    """values (n) as words (1 + n or more) of 16 bits."""
    largest = float(np.abs(values).max(initial=0.0))
    finite = np.isfinite(largest) and largest > 0
    exponent = int(np.frexp(largest)[1]) if finite else 0
    out[0] = np.int16(exponent).view(np.uint16)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        scaled = np.ldexp(values, _TOP - exponent) if finite else values
        out[_HEAD : _HEAD + len(values)] = scaled.astype(np.float16).view(np.uint16)


def unpacked(words: NDArray, count: int) -> NDArray:
    """The reverse: float32 (count)."""
    exponent, values = int(words[0].view(np.int16)), words[_HEAD : _HEAD + count]
    with np.errstate(all="ignore"):
        wide = values.view(np.float16).astype(np.float32)
        return wide if exponent == 0 and not np.isfinite(wide).all() else _scaled(wide, exponent)


def _scaled(wide: NDArray, exponent: int) -> NDArray:
    return np.ldexp(wide, exponent - _TOP)


class HalfSum:
    """The mean of a part of the gradients over all processes, in three steps: `first` begins,
    `second` may be asked once the first request is done, `finish` once the second is."""

    def __init__(self, comms: tuple[Any, Any], values: NDArray) -> None:
        self._comms, self._values = comms, values
        self._rank, self._size = comms[0].rank, comms[0].size
        self._bounds = np.linspace(0, len(values), self._size + 1).astype(int).tolist()
        self._width = _HEAD + -(-len(values) // self._size) + 1

    def first(self) -> Any:
        self._out = np.zeros((self._size, self._width), np.uint16)
        self._in = np.empty_like(self._out)
        for row, part in zip(self._out, self._parts()):
            packed(part, row)
        return self._comms[0].Ialltoall(self._out, self._in)

    def second(self) -> Any:
        start, stop = self._bounds[self._rank : self._rank + 2]
        total = np.zeros(stop - start, np.float32)
        for row in self._in:
            total += unpacked(row, stop - start)
        total /= self._size
        packed(total, self._out[self._rank])
        return self._comms[1].Iallgather(self._out[self._rank].copy(), self._in)

    def finish(self) -> None:
        for row, part in zip(self._in, self._parts()):
            part[...] = unpacked(row, len(part))

    def _parts(self) -> Iterator[NDArray]:
        for start, stop in zip(self._bounds, self._bounds[1:]):
            yield self._values[start:stop]
