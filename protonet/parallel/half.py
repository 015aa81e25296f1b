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
from itertools import pairwise
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


def half_mean(comms: tuple[Any, Any], values: NDArray) -> Iterator[Any]:
    """Replaces a part of the gradients by the mean over all processes; see `reduce`.

    comms: one for each of the two steps.
    """
    rank, size = comms[0].rank, comms[0].size
    bounds = np.linspace(0, len(values), size + 1).astype(int).tolist()
    parts = [values[start:stop] for start, stop in pairwise(bounds)]
    out = np.zeros((size, _HEAD + max(map(len, parts))), np.uint16)
    received = np.empty_like(out)
    for row, part in zip(out, parts):
        packed(part, row)
    yield comms[0].Ialltoall(out, received)
    total = sum(unpacked(row, len(parts[rank])) for row in received)
    packed(total / size, out[rank])
    yield comms[1].Iallgather(out[rank].copy(), received)
    for row, part in zip(received, parts):
        part[...] = unpacked(row, len(part))
