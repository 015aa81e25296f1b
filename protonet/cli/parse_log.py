"""protonet parse-log: a log as two tables, what Caffe's parse_log.py does."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..viz.logs import Row

HELP = "turn a log into two CSV files: the outputs of training and of testing"

_EPILOG = """\
examples:
  protonet parse-log caffe.INFO tables/          tables/caffe.INFO.train and .test
  protonet parse-log train.log . --delimiter "\\t"

'protonet plot LOG' draws the same numbers."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("log", metavar="LOG", help="log of protonet or Caffe")
    parser.add_argument("folder", metavar="OUTDIR", help="where LOG.train and LOG.test go")
    parser.add_argument("--verbose", action="store_true", help="say which files were written")
    parser.add_argument(
        "--delimiter", default=",", metavar="CHAR", help="between two columns (default: ,)"
    )


def run(args: argparse.Namespace) -> int:
    from ..errors import DataError
    from ..files import atomic_write
    from ..viz.logs import read_tables
    from .main import UsageError

    delimiter = args.delimiter.replace("\\t", "\t")
    if len(delimiter) != 1:
        raise UsageError(f"--delimiter must be one character, not '{args.delimiter}'")
    tables = read_tables(args.log)
    if not any(tables):
        raise DataError("no outputs of training or testing are in it", file=args.log)
    for rows, ending in zip(tables, ("train", "test")):
        path = Path(args.folder, f"{Path(args.log).name}.{ending}")
        if rows:
            atomic_write(path, _csv(rows, delimiter).encode())
        if args.verbose:
            print(f"Wrote {path}" if rows else f"Not writing {path}: the log has no such lines")
    return 0


def _csv(rows: list[Row], delimiter: str) -> str:
    """A column for every name in the rows; what a row does not have stays empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
