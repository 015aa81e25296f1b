"""Of protonet weights: what is printed of files of weights."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..export.weights.compare import Difference
    from ..proto.weight_file import WeightFile

_DIFFERENT = 1


def _files(args: argparse.Namespace) -> list[tuple[str, WeightFile]]:
    from ..proto.weight_file import read_weight_file

    return [(path, read_weight_file(path)) for path in args.file]


def _list(args: argparse.Namespace) -> None:
    from ..viz import weights_summary

    files = _files(args)
    if args.json:
        print(json.dumps({p: weights_summary.to_list_json(f.layers) for p, f in files}, indent=2))
        return
    texts = ["\n".join(weights_summary.to_list(p, f.layers, _width(args))) for p, f in files]
    print("\n\n".join(texts))


def _stats(args: argparse.Namespace) -> None:
    from ..viz import weights_summary

    found = [(p, weights_summary.summarize_weights(f.layers)) for p, f in _files(args)]
    if args.json:
        print(json.dumps({path: weights_summary.to_json(rows) for path, rows in found}, indent=2))
        return
    print("\n\n".join(weights_summary.to_text(path, rows, _width(args)) for path, rows in found))


def _width(args: argparse.Namespace) -> int | None:
    """Columns to fill: those of the terminal, 80 in a pipe; with --full as many as it takes."""
    if args.full:
        return None
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80


def _hash(args: argparse.Namespace) -> None:
    from ..export.weights.compare import content_hash

    found = {path: content_hash(file) for path, file in _files(args)}
    if args.json:
        print(json.dumps(found, indent=2))
        return
    print("\n".join(f"{digest}  {path}" for path, digest in found.items()))


def _get(args: argparse.Namespace) -> None:
    import numpy as np

    from ..export.weights.arrays import write_array
    from ..export.weights.edit import get
    from ..proto.weight_file import read_weight_file

    values = get(read_weight_file(args.file), args.blob)
    if args.out:
        write_array(args.out, values)
    elif args.json:
        print(json.dumps(values.tolist()))
    else:
        print(f"{args.blob} {values.shape} {values.dtype}")
        print(np.array2string(values, max_line_width=80))


def _diff(args: argparse.Namespace) -> int:
    from ..export.weights.compare import compare
    from ..proto.weight_file import read_weight_file

    rows = compare(read_weight_file(args.a), read_weight_file(args.b), args.tolerance)
    different = [row for row in rows if row.what != "same"]
    if args.json:
        print(json.dumps([vars(row) for row in rows], indent=2))
    elif different or args.full:
        print("\n".join(_difference_lines(rows if args.full else different, _width(args))))
    if not args.json:
        print(f"{len(rows) - len(different)} of {len(rows)} blobs are the same")
    return _DIFFERENT if different else 0


def _difference_lines(rows: Sequence[Difference], width: int | None) -> list[str]:
    from ..viz.tables import Table, shape_text

    table = Table(["blob", "what", "A", "B", "largest", "relative"], 4, {0: 9, 2: 6, 3: 6})
    for row in rows:
        shapes = ["" if shape is None else shape_text(shape) for shape in row.shapes]
        figures = ["" if x is None else f"{x:.2e}" for x in (row.largest, row.relative)]
        table.body.append([f"{row.layer}/{row.blob}", row.what, *shapes, *figures])
    return table.lines(width)


#: Name of the action -> what does it; returns the exit code, None for 0.
ACTIONS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "list": _list,
    "stats": _stats,
    "hash": _hash,
    "get": _get,
    "diff": _diff,
}
