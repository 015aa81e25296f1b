"""A way of protonet convert: an ONNX model to a prototxt and a caffemodel, proved."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

TITLE = "net.onnx out.prototxt out.caffemodel"
EXAMPLES = """\
  protonet convert resnet18.onnx resnet18.prototxt resnet18.caffemodel
  protonet convert net.onnx net.prototxt net.caffemodel --only caffe-1.0 --fold-bn
  protonet convert yolo.onnx yolo.prototxt yolo.caffemodel --shape images=1,3,416,416 \\
      --cut /head/Concat_output_0

What is written another way than the model has it is told in the prototxt, above the layer.  The
new files are run beside the model in onnxruntime, blob by blob, and get their names only if no
blob differs by more than 1e-4 of its largest value.  All nodes that Caffe has no layers for are
told at once: --cut ends the net before them.  A batch that varies is 1 in the prototxt's Input."""
#: Options of the way out that are of use here too.
SHARED = ("shape", "no_verify")


def suits(files: Sequence[str]) -> bool:
    return len(files) == 3 and Path(files[0]).suffix == ".onnx"


def add_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--only",
        metavar="caffe-1.0|FORK",
        help="only what Caffe 1.0 and OpenCV 4 read, or with a fork's types too "
        "(else any fork's where Caffe has none)",
    )
    group.add_argument(
        "--fold-bn", action="store_true", help="put BatchNormalization into weights before it"
    )
    group.add_argument(
        "--cut",
        action="append",
        default=[],
        metavar="TENSOR",
        help="end at this tensor of the model; may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    from ..importers import convert_onnx
    from .main import UsageError

    for name, sizes in args.shape:
        if not all(isinstance(size, int) for size in sizes):
            raise UsageError(f"--shape {name}: a net of Caffe has sizes that are numbers")
    source, prototxt, weights = args.files
    proof = convert_onnx(
        source,
        prototxt,
        weights,
        shapes=dict(args.shape),
        cut=args.cut,
        only=args.only,
        fold_bn=args.fold_bn,
        verify=not args.no_verify,
    )
    print(f"{prototxt}, {weights}: not verified" if proof is None else proof.table())
    if proof is not None:
        print(f"{prototxt}, {weights}: {proof}")
    return 0
