"""protonet compute-image-mean: the mean image of a store."""

from __future__ import annotations

import argparse
from pathlib import Path

from .common import stores

HELP = "compute the mean image of a store, and the mean of each channel"

_EPILOG = """\
The mean of each channel is printed, ready for mean_value.  The file is what mean_file names;
if its name ends in .npy it is an array (C, H, W) instead, as pycaffe's scripts load it.

examples:
  protonet compute-image-mean train_lmdb
  protonet compute-image-mean train_lmdb mean.binaryproto"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("db", type=Path, help="an LMDB or LevelDB")
    parser.add_argument(
        "out", type=Path, nargs="?", help="file to write (default: print the means only)"
    )
    parser.add_argument("--backend", choices=stores(), help="kind of the store (default: as it is)")
    parser.add_argument(
        "--skip-bad",
        action="store_true",
        help="leave out records that are damaged or of another size",
    )


def run(args: argparse.Namespace) -> int:
    from ..data.tools.mean import compute_mean, write_mean
    from ..data.tools.records import count_records
    from .dataset import meter

    _refuse_other_kind(args)
    with meter(args.db.name, count_records(args.db), " records") as progress:
        mean = compute_mean(
            args.db, (args.backend or "").upper(), skip_bad=args.skip_bad, progress=progress
        )
    if args.out is not None:
        write_mean(args.out, mean.image)
    for c, value in enumerate(mean.channels):
        print(f"mean_value channel [{c}]: {value:.6g}")
    target = f"{args.out}: " if args.out is not None else ""
    left_out = f", {mean.skipped} left out" if mean.skipped else ""
    print(f"{target}mean of {mean.records} records{left_out}")
    return 0


def _refuse_other_kind(args: argparse.Namespace) -> None:
    from ..data.sources import store_kind
    from .main import UsageError

    kind = store_kind(args.db).lower()
    if args.backend and kind and kind != args.backend:
        raise UsageError(
            f"'{args.db}' is of the kind {kind}: give --backend {kind}, or leave --backend out"
        )
