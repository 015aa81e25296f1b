"""A way of protonet convert: a net and its weights to ONNX, proved."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .common import add_net_arguments, stages
from .models import DEPLOY, model_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..export.onnx.proof import Proof

#: Options of other ways that go with this one.
SHARED = ("int8", "labels")
TITLE = "net.prototxt [net.caffemodel] out.onnx"
EXAMPLES = """\
  protonet convert deploy.prototxt net.caffemodel net.onnx
  protonet convert deploy.prototxt net.caffemodel net.onnx --batch 1 --opset 13
  protonet convert deploy.prototxt net.caffemodel net.onnx --shape data=n,3,h,w
  protonet convert lenet lenet.caffemodel lenet.onnx --fp16
  protonet convert deploy.prototxt net.caffemodel net.onnx --int8 train_val.prototxt

A model that was made is run by onnxruntime beside the net itself, blob by blob, on several
inputs, batches and sizes, and gets its name only if no blob differs by more than 1e-4 of its
largest value.  What ONNX has no words for is told by layer and line.  It needs the packages
onnx and onnxruntime: pip install 'protonet-caffe[onnx]'."""


def suits(files: Sequence[str]) -> bool:
    return len(files) in (2, 3) and Path(files[-1]).suffix == ".onnx" and not _is_onnx(files[0])


def _is_onnx(file: str) -> bool:
    return Path(file).suffix == ".onnx"


def add_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--opset", type=int, metavar="N", help="version of the operators (17)")
    group.add_argument(
        "--batch",
        type=_batch,
        metavar="N",
        help="a number, or 'dynamic' (dynamic where the net can, else as it is)",
    )
    group.add_argument(
        "--shape",
        action="append",
        default=[],
        type=_shape,
        metavar="NAME=N,C,H,W",
        help="sizes of an input, words for those that may vary; may be repeated",
    )
    group.add_argument("--phase", choices=["TRAIN", "TEST"], default="TEST", help="default: TEST")
    group.add_argument(
        "--simplify", action="store_true", help="fold constants, take out what does nothing"
    )
    group.add_argument(
        "--fp16", action="store_true", help="compute in half precision; tells how far that is off"
    )
    group.add_argument(
        "--inputs", metavar="FILE.npz", help="arrays for the proof, by the names of inputs"
    )
    group.add_argument("--no-verify", action="store_true", help="write it without the proof")
    add_net_arguments(group)  # type: ignore[arg-type]


def _batch(text: str) -> int | str:
    if text != "dynamic" and not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is neither 'dynamic' nor a number above 0")
    return text if text == "dynamic" else int(text)


def _shape(text: str) -> tuple[str, tuple[int | str, ...]]:
    """'data=n,3,h,w' -> ('data', ('n', 3, 'h', 'w'))"""
    name, equals, sizes = text.rpartition("=")
    words = [word.strip() for word in sizes.split(",")]
    fine = all(w.isidentifier() or (w.isdecimal() and int(w)) for w in words)
    if not name or not equals or not fine:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no name with numbers above 0 or words, as in data=n,3,224,224"
        )
    return name, tuple(int(w) if w.isdecimal() else w for w in words)


def run(args: argparse.Namespace) -> int:
    from .. import export
    from ..core.context import TEST, TRAIN
    from ..log import log
    from ..net.net import Net

    net = Net(
        model_file(args.files[0], DEPLOY),
        weights=args.files[1] if len(args.files) == 3 else None,
        phase=TEST if args.phase == "TEST" else TRAIN,
        level=args.level or 0,
        stages=stages(args),
        open_data=False,
        shapes=_numbers(args),
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    if len(args.files) == 2 and net.learnable_params:
        log.warning("no weights are given: the model has the values of fillers")
    options = {"opset": args.opset} if args.opset is not None else {}
    proof = export.onnx(
        net,
        args.files[-1],
        batch=args.batch,
        shapes=dict(args.shape),
        simplify=args.simplify,
        fp16=args.fp16,
        int8=_items(args) if args.int8 else None,
        verify=not args.no_verify,
        inputs=_arrays(args.inputs) if args.inputs else None,
        **options,
    )
    print("\n".join(_told(args.files[-1], proof)))
    return 0


def _told(file: str, proof: Proof | None) -> Iterator[str]:
    if proof is None:
        yield f"{file}: not verified"
        return
    yield proof.table()
    yield f"{file}: {proof}"
    if proof.half is not None:
        yield f"\nin half precision:\n{proof.half.table()}"
        yield f"{file}: {proof.half}"
    if proof.int8 is not None:
        yield f"\nin 8 bits: {proof.int8}"


def _items(args: argparse.Namespace) -> dict[str, NDArray]:
    """Items to calibrate with, of an .npz or a net's data layers."""
    from ..export.onnx.export import LABEL
    from ..export.onnx.items import read_items

    found = _arrays(args.int8) if Path(args.int8).suffix == ".npz" else read_items(args.int8)
    if args.labels in found:
        found[LABEL] = found[args.labels]
    return found


def _arrays(path: str) -> dict[str, NDArray]:
    """The arrays of an .npz; DataError if it is none."""
    import zipfile

    import numpy as np

    from ..errors import DataError
    from ..files import why_unreadable

    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile, AttributeError) as error:
        if isinstance(error, OSError):
            what, hint = why_unreadable(path, error)
        else:
            what, hint = "this is no .npz of NumPy", "write one with np.savez(path, data=array)"
        raise DataError(what, hint, file=path) from None


def _numbers(args: argparse.Namespace) -> dict[str, tuple[int, ...]]:
    """The shapes that are numbers throughout: those the net is built with."""
    return {
        name: tuple(int(size) for size in sizes)
        for name, sizes in args.shape
        if not any(isinstance(size, str) for size in sizes)
    }
