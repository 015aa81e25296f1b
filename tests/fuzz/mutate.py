"""Mutants: small damage to bytes, and slips in texts."""

from __future__ import annotations

import random
import re

_TOKEN = re.compile(r'"[^"\n]*"|[\w.+-]+|\s+|.', re.DOTALL)
_ODD = (
    "",
    "{",
    "}",
    ":",
    '"',
    "#",
    "-1",
    "1e999",
    "nan",
    "0x",
    "0",
    "2147483647",
    "4294967295",
    "1000000000",
    "9" * 40,
    "\x00",
    "\ufeff",
    "“",
    "<",
)
_BYTES = (0, 1, 0x7F, 0x80, 0xFF)
#: Lengths, counts and offsets that no file of ours has, of two, four and eight bytes.
_NUMBERS = [
    number.to_bytes(size, order)
    for size in (2, 4, 8)
    for number in (0, 1, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1)
    for order in ("little", "big")
]


def octets(rng: random.Random, data: bytes) -> bytes:
    """One to four faults: flipped bits, odd bytes, odd numbers, pieces cut out, doubled, grown."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(out) + 1)
        size = min(rng.choice((1, 2, 4, 16, 200)), len(out) - at)
        match rng.randrange(7):
            case 0 if size:
                out[at] ^= 1 << rng.randrange(8)
            case 1 if size:
                out[at] = rng.choice(_BYTES)
            case 2:
                del out[at : at + size]
            case 3:
                out[at:at] = out[at : at + size]
            case 4:
                del out[at:]
            case 5:
                number = rng.choice(_NUMBERS)
                out[at : at + len(number)] = number
            case _:
                out[at:at] = rng.randbytes(rng.choice((1, 3, 9)))
        if not out:
            break
    return bytes(out)


def text(rng: random.Random, source: str) -> str:
    """One to four faults: tokens lost, doubled, swapped, replaced by another or an odd one."""
    tokens = _TOKEN.findall(source)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(tokens))
        match rng.randrange(5):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, tokens[at])
            case 2:
                tokens[at] = rng.choice(tokens)
            case 3:
                tokens[at] = rng.choice(_ODD)
            case _:
                del tokens[at : at + rng.choice((2, 10, len(tokens)))]
        if not tokens:
            break
    return "".join(tokens)
