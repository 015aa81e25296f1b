"""Blocks of a net, found by the names of their layers: inception_3a/..., res2a_..., fire2/..."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

#: Layers that make a block.
_LEAST = 3
_LETTERS = re.compile(r"^[A-Za-z_]+(?=\d)")
#: What comes first in the names of a block without slashes: letters, then its number.
_NUMBERED = re.compile(r"[A-Za-z_]*?(\d+[a-z]?\d*)(?=_|$)")


@dataclass(frozen=True)
class Group:
    """The layers start to stop - 1.  name: '' for a layer that belongs to no block."""

    name: str
    start: int
    stop: int


def find_groups(names: Sequence[str]) -> list[Group]:
    """Runs of layers with one prefix, and all other layers as groups of their own.

    The prefix ends at the first slash, else at the first underscore after a number; letters
    in front of a number do not count, so that bn2a_branch1 and scale2a_branch1 belong to
    res2a_branch1.  A run is a block if it has three layers and most names go on after the prefix.

    >>> find_groups(["conv1", "a/1x1", "a/3x3", "a/5x5", "fc"])[1]
    Group(name='a', start=1, stop=4)
    """
    found: list[Group] = []
    start = 0
    for key, run in groupby(names, _key):
        members = list(run)
        stop = start + len(members)
        longer = sum(bool(re.search(r"[^/_][/_]", name)) for name in members)
        if key and len(members) >= _LEAST and 2 * longer > len(members):
            found.append(Group(_title(members), start, stop))
        else:
            found.extend(Group("", i, i + 1) for i in range(start, stop))
        start = stop
    return found


def _key(name: str) -> str:
    head, slash, _ = name.partition("/")
    if slash:
        return _LETTERS.sub("", head, count=1)
    numbered = _NUMBERED.match(name)
    return numbered[1] if numbered else ""


def _title(names: Sequence[str]) -> str:
    """What all names begin with, up to a slash or underscore, else what the first one does."""
    common = names[0]
    while not all(name.startswith(common) for name in names):
        common = common[:-1]
    if any(name[len(common) : len(common) + 1] not in ("", "/", "_") for name in names):
        common = re.sub(r"[^/_]*$", "", common)
    common = common.rstrip("/_")
    if any(letter.isdigit() for letter in common) or "/" in names[0]:
        return common or names[0].partition("/")[0]
    numbered = _NUMBERED.match(names[0])
    return numbered[0] if numbered else names[0]
