"""scripts/fuzz MINUTES [target...]: the targets in turn, each input with a seed of its own.

A process of its own tries a hundred inputs at a time, with limits: what ends it (a signal, more
than 10 seconds for one input, too much memory) is told with the seed as well.
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

AT_ONCE = 100


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
    end = time.monotonic() + 60 * args.minutes
    with tempfile.TemporaryDirectory() as folder:
        for start, name in zip(itertools.count(args.seed, AT_ONCE), itertools.cycle(names)):
            if time.monotonic() > end:
                break
            counts[name] += AT_ONCE
            for line in tried_apart(name, range(start, start + AT_ONCE), Path(folder)):
                found += 1
                print(line, file=sys.stderr, flush=True)
    for name, count in counts.items():
        print(f"{count:>9,}  {name}")
    print(f"{found} escaped, from seed {args.seed} on")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
