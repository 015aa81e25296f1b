"""Is one word a slip of the hand for another?  What `errors.did_you_mean` rests on.

A wrong hint costs more than none, so likeness does not count (`matmul_param` and `tile_param`
share half their letters), only the number of slips in the part where two words differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_GENERIC = ("param", "params", "parameter", "layer")  # what a name may lack, or have too much
_LONGEST = 80
_ALIKE = [{"c", "s"}, {"c", "k"}, {"s", "z"}, {"m", "n"}, {"d", "t"}, {"b", "p"}, {"v", "w"}]


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` surely stands for, or ''.

    Capitals and separators do not count.  Parts that both names share at an end (`_param`,
    `Loss`, `test_`) are taken off; what remains must be few slips away, counted against its
    length, or be cut short (`conv_param`).  A part that only one of them has (`eval_type`,
    `type`), another number (`conv1`, `conv2`), and two names that are equally near give ''.
    """
    if len(word) > _LONGEST:
        return ""
    found: dict[int, list[str]] = {}
    for name in dict.fromkeys(known):
        slips = _slips(word, name)
        if slips is not None:
            found.setdefault(slips, []).append(name)
    if not found:
        return ""
    best = sorted(found[min(found)], key=len)
    return best[0] if all(name.startswith(best[0]) for name in best) else ""


def _slips(word: str, name: str) -> int | None:
    """How many slips lead from `name` to `word`; None: too many to be sure."""
    plain = _plain(word)
    if not plain or plain == _plain(name):
        return 0 if plain else None
    if name.isalpha() and word.islower() and word.rstrip("0123456789") == name:
        return 1  # ip1 for ip; but ReLU6 is another layer than ReLU
    if re.findall(r"\d", word) != re.findall(r"\d", name):
        return None
    ours, theirs = _without_shared(list(_parts(word)), list(_parts(name)))
    if not ours or not theirs:
        extra = ours or theirs
        return 1 if len(extra) == 1 and extra[0] in _GENERIC else None
    a, b = "".join(ours), "".join(theirs)
    acronyms = word.isupper() and name.isupper() and len(name) <= 5
    swapped = sorted(a) == sorted(b)
    if acronyms and not swapped:
        return None
    single = len(ours) == len(theirs) == 1 and min(len(a), len(b)) >= 4
    if single and (a.startswith(b) or b.startswith(a)):
        return 1
    # The first letter is hardly ever wrong, and what only comes in front changes the meaning.
    if (a[0] != b[0] and a[1::-1] != b[:2]) or a.endswith(b) or b.endswith(a):
        return None
    if len(a) == len(b) <= 5 and not swapped and a[:-1] != b[:-1] and not _sound_alike(a, b):
        return None  # another letter within a short word: another word
    limit = _limit(max(len(a), len(b)), swapped)
    if abs(len(a) - len(b)) > limit:
        return None
    distance = _distance(a, b)
    return distance if distance <= limit else None


def _sound_alike(a: str, b: str) -> bool:
    """Do two words of a length differ only in letters that are taken for each other?"""
    return all(x == y or {x, y} in _ALIKE for x, y in zip(a, b))


def _limit(length: int, swapped: bool) -> int:
    if length <= 3:
        return int(swapped and length >= 2)
    return 1 if length <= 7 else 2 if length <= 12 else 3


def _without_shared(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    """Two names in parts, without those that they share at either end."""
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    return a, b


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


@lru_cache(4096)
def _parts(name: str) -> tuple[str, ...]:
    """SoftmaxWithLoss -> softmax, with, loss; inner_product_param -> inner, product, param."""
    return tuple(part.lower() for part in _PART.findall(name))


def _distance(a: str, b: str) -> int:
    """Letters left out, added, replaced, or swapped with their neighbour (Damerau 1964, each
    letter touched once)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
