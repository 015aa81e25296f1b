"""A way of protonet convert: an ONNX model in numbers of 8 bits."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

TITLE = "net.onnx out.onnx --int8 ITEMS.npz"
EXAMPLES = """\
  protonet extract-features net.caffemodel train_val.prototxt data,label items.npz 10 npz
  protonet convert net.onnx net8.onnx --int8 items.npz

The items, as the net gets them, tell the ranges of its values; with their labels the accuracy
before and after is told."""


def suits(files: Sequence[str]) -> bool:
    return len(files) == 2 and all(Path(file).suffix == ".onnx" for file in files)


def add_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--int8",
        metavar="ITEMS",
        help="items for each input by its name: an .npz, or for a net a net that reads them",
    )
    group.add_argument(
        "--labels", default="label", metavar="NAME", help="the array with their classes (label)"
    )


def run(args: argparse.Namespace) -> int:
    from ..export.onnx.int8 import quantise
    from ..proto.weights_npz import read_npz_arrays
    from .main import UsageError

    if not args.int8:
        raise UsageError("from .onnx to .onnx goes with --int8: give it items in an .npz")
    items = read_npz_arrays(args.int8)
    done = quantise(args.files[0], args.files[1], items, items.get(args.labels))
    print(f"{args.files[1]}: {done}")
    return 0
