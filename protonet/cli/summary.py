"""protonet summary: layers, types, bottoms, tops, shapes, parameters, operations, memory."""

from __future__ import annotations

import argparse
import json

from .common import add_net_arguments, announce_device, stages
from .models import DEPLOY, model_file

HELP = "print a net's layers, shapes, parameters, multiply-adds and memory"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="net prototxt, or the name of a model of ours")
    parser.add_argument("--phase", choices=["TRAIN", "TEST"], default="TEST", help="default: TEST")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    add_net_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..core.context import TEST, TRAIN
    from ..errors import NetError
    from ..net.net import Net
    from ..viz import summary

    announce_device(args)
    net = Net(
        model_file(args.model, DEPLOY),
        phase=TRAIN if args.phase == "TRAIN" else TEST,
        level=args.level or 0,
        stages=stages(args),
        open_data=False,
    )
    if not net.layers:
        raise NetError(
            "the net has no layers in this state", "check phase, level and stages", file=args.model
        )
    rows = summary.summarize(net)
    if args.json:
        print(json.dumps(summary.to_json(net, rows), indent=2))
    else:
        print(summary.to_text(net, rows))
    return 0
