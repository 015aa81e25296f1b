"""protonet deploy: from the net that trained to the one for use."""

from __future__ import annotations

import argparse

from .common import add_net_arguments, add_shapes, keep_source, positive, stages
from .models import TRAIN_TEST, model_file

HELP = "make of a net that trains one for use: inputs for data, no losses, no labels"

_EPILOG = """\
  protonet deploy train_val.prototxt -o deploy.prototxt
  protonet deploy train_val.prototxt --shape data=1,3,227,227 -o deploy.prototxt
  protonet deploy lenet --batch 60

Data layers become Inputs: with the shape that crop_size or the data tell, or that --shape gives.
Losses, accuracies and the paths of labels go; SoftmaxWithLoss leaves a Softmax "prob",
SigmoidCrossEntropyLoss a Sigmoid.  Rules are resolved for phase TEST, rates left out.  The rest
of the text, its comments too, stays as it is, and comments at the head say what was done.  The
names of layers stay, so that the trained weights fit.  Without -o the text goes to the standard
output."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("net", metavar="TRAIN_VAL", help="net prototxt, or a model of ours")
    parser.add_argument("-o", "--out", metavar="FILE", help="what to write")
    parser.add_argument(
        "--batch", type=positive, metavar="N", help="items that an Input takes (default: 1)"
    )
    parser.add_argument(
        "--no-dropout", action="store_true", help="leave out Dropout, which does nothing in use"
    )
    add_shapes(parser)
    add_net_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..files import atomic_write
    from ..net.deploy import deploy
    from .output import print_text, to_bytes

    source = model_file(args.net, TRAIN_TEST)
    keep_source(source, args.out, "the net that trains")
    deployed = deploy(
        source,
        batch=args.batch,
        shapes=dict(args.shape),
        dropout=not args.no_dropout,
        level=args.level or 0,
        stages=stages(args),
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    if args.out is None:
        print_text(deployed.text)
        return 0
    atomic_write(args.out, to_bytes(deployed.text))
    print("\n".join(f"{args.out}: {change}" for change in deployed.changes))
    return 0
