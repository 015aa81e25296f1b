"""scripts/fuzz MINUTES [target...]: the targets in turn, each input with a seed of its own.

Each target gets as much time as any other.  A process of its own tries inputs for some seconds,
with limits: what ends it (a signal, more than 10 seconds for one input, too much memory) is told
with the seed as well.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from . import targets
from .watch import tried_apart

AT_ONCE = 5  # seconds of computing
_MANY = 100_000  # more than can be tried in that time


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("target", nargs="*", help="default: all of " + ", ".join(targets.TARGETS))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    args = parser.parse_args()
    names = args.target or list(targets.TARGETS)
    if unknown := set(names) - targets.TARGETS.keys():
        parser.error(f"no target is called {', '.join(sorted(unknown))}")
    counts: Counter[str] = Counter()
    found = 0
    seed = args.seed
    end = time.monotonic() + 60 * args.minutes
    with tempfile.TemporaryDirectory() as folder:
        for name in itertools.cycle(names):
            if time.monotonic() > end:
                break
            seeds = range(seed, seed + _MANY)
            tried, lines = tried_apart(name, seeds, Path(folder), AT_ONCE)
            seed += tried
            counts[name] += tried
            found += len(lines)
            print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr, flush=True)
    for name, count in counts.items():
        print(f"{count:>9,}  {name}")
    print(f"{seed - args.seed:>9,}  in {args.minutes:g} minutes, seeds {args.seed} to {seed - 1}")
    print(f"{found:>9,}  escaped")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
