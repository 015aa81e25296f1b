"""protonet summary: layers, types, bottoms, tops, shapes, parameters, operations, memory."""

from __future__ import annotations

import argparse
import json
from typing import Any

from .common import add_net_arguments, add_shapes, announce_device, stages
from .models import DEPLOY, model_file

HELP = "print a net's layers, shapes, parameters, multiply-adds and memory, or what weights hold"

_EPILOG = """\
Neither the data nor the Python modules of a net are needed.  Where a shape comes from what is
not there, --shape gives it; without it the layers behind are listed with a question mark.
Of a weight file (.caffemodel, .h5, .npz) it prints the layers, shapes and counts."""

_WEIGHTS = (".caffemodel", ".h5", ".hdf5", ".npz")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", help="net prototxt, a weight file, or the name of a model of ours")
    parser.add_argument(
        "--phase",
        choices=["TRAIN", "TEST"],
        help="default: TEST, or TRAIN if the net has its data in TRAIN only",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    add_shapes(parser)
    add_net_arguments(parser)


def run(args: argparse.Namespace) -> int:
    if args.model.lower().endswith(_WEIGHTS):
        return _summarize_weights(args)
    from ..errors import NetError, together
    from ..net.net import Net
    from ..net.types import read_definition
    from ..viz import summary

    announce_device(args)
    definition = read_definition(model_file(args.model, DEPLOY), partial=True)
    net = Net(
        definition,
        phase=_phase(args, definition),
        level=args.level or 0,
        stages=stages(args),
        open_data=False,
        shapes=dict(args.shape),
        partial=True,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
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
    if net.faults:
        raise together(net.faults)
    return 0


def _phase(args: argparse.Namespace, definition: Any) -> int:
    """The phase that was asked for, else the one of the two in which the net has its data."""
    from ..core.context import TEST, TRAIN
    from ..log import log
    from ..net.passes import has_its_bottoms

    if args.phase:
        return TRAIN if args.phase == "TRAIN" else TEST
    complete = [
        phase
        for phase in (TEST, TRAIN)
        if has_its_bottoms(definition, phase, args.level or 0, stages(args))
    ]
    if complete != [TRAIN]:
        return TEST
    log.warning("%s: the net has its data in phase TRAIN only: this is TRAIN", args.model)
    return TRAIN


def _summarize_weights(args: argparse.Namespace) -> int:
    from ..net.npz import is_npz, read_npz
    from ..proto.weights import read_weights
    from ..viz import weights_summary

    read = read_npz if is_npz(args.model) else read_weights
    rows = weights_summary.summarize_weights(read(args.model))
    if args.json:
        print(json.dumps(weights_summary.to_json(rows), indent=2))
    else:
        print(weights_summary.to_text(args.model, rows))
    return 0
