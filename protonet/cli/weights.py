"""protonet weights: what a file of weights holds, and files made of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .common import add_consent, add_net_arguments, stages

if TYPE_CHECKING:
    from numpy.typing import NDArray


HELP = "look into files of weights, compare and change them, merge BatchNorm"

_EPILOG = """\
Files are .caffemodel (Caffe's, binary), .h5 (Caffe's HDF5), .npz or .safetensors; OUT is written
in the form that its name tells, whole or not at all, and may be the file that is read.  A
.caffemodel keeps the definition that stands in it, of layers that nobody knows too; gradients
are left out.  'protonet convert' changes the form alone.

  protonet weights stats net.caffemodel
  protonet weights get net.caffemodel conv1/0 -o conv1.npy
  protonet weights rename net.caffemodel fc8 fc8_old -o start.caffemodel
  protonet weights strip net.caffemodel 'fc*' -o trunk.caffemodel
  protonet weights diff before.caffemodel after.h5 --tolerance 1e-6
  protonet weights merge-bn net.prototxt net.caffemodel small.prototxt small.caffemodel
  protonet weights cast net.caffemodel float16 -o half.safetensors

'protonet weights ACTION --help' explains one of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from .main import Parser

    def make(prog: str, description: str = "", **_: Any) -> Parser:
        return Parser(prog, description)

    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    maker: Any = make  # argparse says it wants a class
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=maker
    )

    def add(name: str, help: str, *, files: str = "", out: bool = False) -> Any:
        action = actions.add_parser(name, help=help, description=f"{help}.")
        if files:
            nargs = None if files == "1" else files
            action.add_argument("file", metavar="FILE", nargs=nargs, help="weights to read")
        if out:
            action.add_argument("-o", "--out", metavar="OUT", required=True, help="what to write")
        return action

    _add_looking(add)
    _add_changing(add)


def _add_looking(add: Any) -> None:
    for name, help in (
        ("list", "print layers, types, shapes and precision"),
        ("stats", "print what each blob holds: least, largest, mean, deviation, zeros, NaN"),
        ("hash", "print a SHA-256 of names, shapes and values, whatever the form of the file"),
    ):
        action = add(name, help, files="+")
        action.add_argument("--json", action="store_true", help="machine-readable output")
        action.add_argument("--full", action="store_true", help="lines as long as names need")
    action = add("get", "print the values of a blob, or write them to a file", files="1")
    action.add_argument("blob", metavar="LAYER/N", help="blob N of a layer: conv1/0; or LAYER")
    action.add_argument("-o", "--out", metavar="FILE", help="a .npy or .binaryproto to write")
    action.add_argument("--json", action="store_true", help="print lists of numbers")
    action = add("diff", "compare two files, blob by blob; exit code 1 if they differ", files="")
    action.add_argument("a", metavar="A", help="weights")
    action.add_argument("b", metavar="B", help="other weights")
    action.add_argument(
        "--tolerance",
        type=float,
        default=0.0,
        metavar="T",
        help="differences up to T of the largest value count as none (default: 0)",
    )
    action.add_argument("--json", action="store_true", help="machine-readable output")
    action.add_argument("--full", action="store_true", help="show what is the same as well")


def _add_changing(add: Any) -> None:
    action = add("set", "give a blob other values", files="1", out=True)
    action.add_argument("blob", metavar="LAYER/N", help="blob N of a layer: conv1/0; or LAYER")
    action.add_argument("value", help="a number for all, or a .npy or .binaryproto of its shape")
    action = add("rename", "give layers other names, all at once", files="1", out=True)
    action.add_argument("names", metavar="OLD NEW", nargs="*", help="pairs of names")
    action.add_argument("--map", metavar="FILE", help="a text with OLD and NEW in each line")
    action = add("strip", "take the weights of layers away", files="1", out=True)
    action.add_argument(
        "layers", metavar="LAYER", nargs="+", help="a name, or a pattern with * and ?"
    )
    action = add("cast", "write values in another precision", files="1", out=True)
    action.add_argument("dtype", choices=["float16", "float32", "float64"], help="of all blobs")
    action = add(
        "merge-bn",
        "make BatchNorm, Scale and Bias part of the weights before them, and prove by running both "
        "nets that nothing else has changed",
    )
    for name, help in (
        ("net", "net for use (deploy prototxt)"),
        ("weights", "its weights"),
        ("new_net", "the prototxt to write; comments stay"),
        ("new_weights", "the weights to write"),
    ):
        action.add_argument(name, metavar=name.upper(), help=help)
    action.add_argument(
        "--tolerance",
        type=float,
        default=1e-4,
        metavar="T",
        help="write nothing if a blob differs by more than T of its largest value (default: 1e-4)",
    )
    add_consent(action)
    add_net_arguments(action)


def run(args: argparse.Namespace) -> int:
    from . import weights_shown

    if args.action in weights_shown.ACTIONS:
        return weights_shown.ACTIONS[args.action](args) or 0
    actions = {
        "set": _set,
        "rename": _rename,
        "strip": _strip,
        "cast": _cast,
        "merge-bn": _merge_bn,
    }
    actions[args.action](args)
    return 0


def _set(args: argparse.Namespace) -> None:
    from ..export.weights.edit import put, read_own

    file = read_own(args.file)
    put(file, args.blob, _values(args.value))
    file.write(args.out)


def _values(text: str) -> NDArray:
    """A number, or what a file holds."""
    import numpy as np

    from ..export.weights.arrays import read_array

    try:
        return np.asarray(float(text))
    except ValueError:
        return read_array(text)


def _rename(args: argparse.Namespace) -> None:
    from ..export.weights.edit import read_own, rename
    from ..export.weights.state_dict import read_names
    from .main import UsageError

    if len(args.names) % 2:
        raise UsageError(f"'{args.names[-1]}' has no new name: give pairs OLD NEW")
    pairs = [*zip(args.names[::2], args.names[1::2]), *(read_names(args.map) if args.map else [])]
    names = dict(pairs)
    if not pairs or len(names) < len(pairs):
        raise UsageError("a name is given twice" if pairs else "no names: give OLD NEW, or --map")
    file = read_own(args.file)
    rename(file, names)
    file.write(args.out)


def _strip(args: argparse.Namespace) -> None:
    from ..export.weights.edit import read_own, strip

    file = read_own(args.file)
    names = strip(file, args.layers)
    file.write(args.out)
    print(f"{args.out}: without the weights of {', '.join(names)}")


def _cast(args: argparse.Namespace) -> None:
    from ..export.weights.edit import cast, read_own
    from ..proto.weight_formats import BINARY, format_of
    from .main import UsageError

    if args.dtype == "float16" and format_of(args.out) is BINARY:
        raise UsageError("a .caffemodel has no float16: write .npz, .safetensors or .h5")
    file = read_own(args.file)
    worst = cast(file, args.dtype)
    file.write(args.out)
    print(f"{args.out}: {args.dtype}, rounded by {worst:.1e} at most")


def _merge_bn(args: argparse.Namespace) -> None:
    from ..export.weights.merge_bn import merge_batch_norm
    from .main import UsageError

    paths = [Path(path).resolve() for path in (args.net, args.new_net)]
    if paths[0] == paths[1]:
        raise UsageError(f"{args.new_net} is the net that is read: give the new one another name")
    merged = merge_batch_norm(
        args.net,
        args.weights,
        tolerance=args.tolerance,
        level=args.level or 0,
        stages=stages(args),
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    merged.write(args.new_net, args.new_weights)
    for product, parts in merged.folded:
        print(f"{', '.join(parts)} became part of {product}")
    for name, reason in merged.left:
        print(f"{name} stays: it {reason}")
    worst = max(merged.proof, key=lambda row: row.relative)
    print(
        f"{len(merged.proof)} blobs of both nets agree on random inputs: the largest difference is "
        f"{worst.relative:.1e} of the largest value, in '{worst.blob}'"
    )
