"""protonet netscope: a net in the syntax that a viewer in the browser reads."""

from __future__ import annotations

import argparse
import sys

from .common import add_net_arguments, add_shapes, keep_source, stages
from .models import DEPLOY, model_file

HELP = "write a net so that Netscope, the viewer in the browser, shows it right"

_EPILOG = """\
Netscope (ethereon.github.io/netscope) reads a part of prototxt only, and shows the TRAIN phase.
This writes the same net in that part: layers of 2014 brought up to date, lists spelled out,
numbers, strings and comments as it reads them, one Input for each top, rules as include { phase:
X }.  Comments stay.  What was changed is told.

Netscope knows half of Caffe's layer types and stops at the first other one.  Such a layer gets the
type "Permute (like Scale)" and, if its shape is none of its bottoms', a box in front of it that
carries the shape.  The file is then to be looked at only; its head says so.  --keep-types leaves
these layers alone: Netscope then warns, and shows no shapes behind them.  What it gets wrong in
any file: a loss with "Softmax" or "Log" in its type has the shape of what it reads.

examples:
  protonet netscope ssd_digits -o look.prototxt
  protonet netscope train_val.prototxt --phase TEST
  protonet netscope train_val.prototxt --shape data=64,3,227,227 -o look.prototxt"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("net", help="net prototxt, or the name of a model of ours")
    parser.add_argument("-o", "--out", metavar="FILE", help="what to write (default: stdout)")
    parser.add_argument(
        "--phase",
        choices=["TRAIN", "TEST"],
        help="the layers of one phase, without rules (default: both; Netscope shows TRAIN)",
    )
    parser.add_argument(
        "--keep-types", action="store_true", help="leave layers that Netscope does not know"
    )
    add_shapes(parser)
    add_net_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..core.context import TEST, TRAIN
    from ..files import atomic_write
    from ..log import log
    from ..viz.netscope import rewrite
    from .output import print_text, to_bytes

    source = model_file(args.net, DEPLOY)
    keep_source(source, args.out, "what is read")
    done = rewrite(
        source,
        phase={"TRAIN": TRAIN, "TEST": TEST}.get(args.phase),
        level=args.level or 0,
        stages=stages(args),
        shapes=dict(args.shape),
        keep_types=args.keep_types,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    name = args.out or args.net
    if args.out is None:
        print_text(done.text)
    else:
        atomic_write(args.out, to_bytes(done.text))
    changes = done.changes or ["Netscope reads it as it is, nothing was changed"]
    if not done.same:
        changes.append("it is to be looked at in Netscope: Caffe does not know its types")
    told = "\n".join(f"{name}: {change}" for change in changes)
    print(told, file=sys.stderr if args.out is None else sys.stdout)
    for line in done.left:
        log.warning("%s: %s", name, line)
    return 0
