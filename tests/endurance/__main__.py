"""scripts/endure MINUTES [load...]: does anything grow that is done again and again?"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .growth import faults, told, watched
from .loads import LOADS


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/endure", description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("load", nargs="*", help="default: all of " + ", ".join(LOADS))
    args = parser.parse_args()
    names = args.load or list(LOADS)
    if unknown := set(names) - LOADS.keys():
        parser.error(f"no load is called {', '.join(sorted(unknown))}")
    if len(names) == 1:
        return _run(names[0], 60 * args.minutes)
    share = str(args.minutes / len(names))
    ends = [subprocess.call([sys.executable, "-m", __package__, share, name]) for name in names]
    return int(any(ends))


def _run(name: str, seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        with LOADS[name](Path(folder)) as call:
            samples = watched(call, Path(folder), seconds)
    print(told(name, samples), flush=True)
    found = faults(samples)
    for fault in found:
        print(f"{name}: {fault}", file=sys.stderr, flush=True)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
