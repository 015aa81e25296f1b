"""Budgets: how much what a file asks for may take, looked at before it is taken.

A few bytes can ask for gigabytes: a picture's header, a layer's num_output, a compressed array.
Whoever is about to allocate what a file asks for asks here first.

    >>> from protonet import budget
    >>> previous = budget.set_budget(pixels=1000)
    >>> budget.refuse("pixels", 40 * 30, "a picture of 40 x 30 pixels")
    Traceback (most recent call last):
    ...
    protonet.errors.ProtonetError: a picture of 40 x 30 pixels is more than the budget of 1,000 \
pixels: raise it with --max-pixels, PROTONET_MAX_PIXELS or protonet.set_budget, if it is to be
    >>> _ = budget.set_budget(*previous)
"""

from __future__ import annotations

import contextlib
import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .errors import ProtonetError

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_AMOUNT = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)\s*([kmgt]?i?)b?", re.IGNORECASE)

_MOST_PIXELS = 100_000_000  # of a picture: a sheet of paper scanned at 1,200 dots an inch has 140
_MOST_LAYERS = 100_000
#: Where Linux tells how much memory a container may have.
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


class Budget(NamedTuple):
    """memory: bytes of what is made for one net, file or blob.  pixels: of a picture.  layers: of a
    net.  None: what is usual."""

    memory: int | None = None
    pixels: int | None = None
    layers: int | None = None


_set = Budget()


def set_budget(
    memory: int | None = None, pixels: int | None = None, layers: int | None = None
) -> Budget:
    """Have these budgets from now on in this process; returns those that were set before.

    memory: bytes (None: what the machine, or the container, has).  pixels: of one picture (None:
    a hundred million).  layers: of one net (None: a hundred thousand).  None stands for the
    environment variables PROTONET_MAX_MEMORY, _PIXELS and _LAYERS where they are there.
    """
    global _set
    for name, value in Budget(memory, pixels, layers)._asdict().items():
        if value is not None and value < 1:
            raise ProtonetError(f"a budget of {value} {name}", "give a number above 0")
    before, _set = _set, Budget(memory, pixels, layers)
    return before


def limit(name: str) -> int:
    """The budget of that name; 0 where there is none, which is the memory of a system that does
    not tell how much it has."""
    chosen: int | None = getattr(_set, name)
    if chosen is not None:
        return chosen
    if text := _environment(name):
        try:
            return amount(text)
        except ValueError as error:
            raise ProtonetError(f"PROTONET_MAX_{name.upper()}: {error}") from None
    return {"memory": machine_memory(), "pixels": _MOST_PIXELS, "layers": _MOST_LAYERS}[name]


def is_set(name: str) -> bool:
    """Whether somebody chose that budget, by option, environment or program."""
    return getattr(_set, name) is not None or bool(_environment(name))


def _environment(name: str) -> str | None:
    if name == "memory":
        return os.environ.get("PROTONET_MAX_MEMORY")
    if name == "pixels":
        return os.environ.get("PROTONET_MAX_PIXELS")
    return os.environ.get("PROTONET_MAX_LAYERS")


def refuse(
    name: str, wanted: int, what: str, error: type[ProtonetError] = ProtonetError, hint: str = ""
) -> None:
    """Raise `error` if `wanted` is over the budget of that name.

    what: the thing that takes as much, which begins the message.  hint: another way than a
    larger budget.
    """
    if 0 < (most := limit(name)) < wanted:
        unit = f"{most / 2**30:.3g} GiB of memory" if name == "memory" else f"{most:,} {name}"
        other = f"{hint}, or " if hint else ""
        raise error(
            f"{what} is more than the budget of {unit}",
            f"{other}raise it with --max-{name}, PROTONET_MAX_{name.upper()} or "
            "protonet.set_budget, if it is to be",
        )


def amount(text: str) -> int:
    """A number with or without a unit: '512M', '1.5GiB', '2000000'.  ValueError for others.

    >>> amount("1.5GiB"), amount("20k")
    (1610612736, 20000)
    """
    match = _AMOUNT.fullmatch(text.strip())
    factor = {**_UNITS, **_BINARY}.get(match[2].lower()) if match else None
    if match is None or factor is None or not (value := int(float(match[1]) * factor)):
        raise ValueError(f"'{text[:40]}' is no amount, such as 500M or 2GiB")
    return value


@cache
def machine_memory() -> int:
    """Bytes of memory that the machine has, or its container may have; 0 where nobody tells."""
    found = []
    with contextlib.suppress(AttributeError, ValueError, OSError):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for place in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max": there is no limit
            found.append(int(Path(place).read_text()))
    return min((size for size in found if size > 0), default=0)
