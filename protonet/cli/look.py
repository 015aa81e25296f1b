"""Nets at the command line that are looked at, not run: without data, weights or modules."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .common import add_net_arguments, add_shapes, announce_device, stages
from .models import DEPLOY, model_file

if TYPE_CHECKING:
    from ..net.net import Net
    from ..proto.source_map import Definition


def add_look_arguments(parser: argparse.ArgumentParser, both: str = "") -> None:
    """--phase, --level, --stage, --shape and what else says which net is meant.  both: what
    the phase BOTH does, for a command that knows it."""
    parser.add_argument(
        "--phase",
        choices=["TRAIN", "TEST", *(["BOTH"] if both else [])],
        help="default: TEST, or TRAIN if the net has its data in TRAIN only"
        + (f"; {both}" if both else ""),
    )
    add_shapes(parser)
    add_net_arguments(parser)


def look(args: argparse.Namespace, phase: str | None) -> list[Net]:
    """The net that `args.model` names in the phase (None: the one that has its data; BOTH:
    TRAIN and TEST), as far as it can be built.  `faults` of each tells what is wrong."""
    from ..core.context import TEST, TRAIN
    from ..net.types import read_definition

    announce_device(args)
    definition = read_definition(model_file(args.model, DEPLOY), partial=True)
    named = {"TRAIN": [TRAIN], "TEST": [TEST], "BOTH": [TRAIN, TEST]}
    phases = named[phase] if phase else [_phase_with_data(args, definition)]
    return [_look(args, definition, phase) for phase in phases]


def _look(args: argparse.Namespace, definition: Definition, phase: int) -> Net:
    """The net in one phase, without its data, as far as it can be built."""
    from ..net.net import Net, no_layers

    net = Net(
        definition,
        phase=phase,
        level=args.level or 0,
        stages=stages(args),
        open_data=False,
        shapes=dict(args.shape),
        partial=True,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    if not net.layers:
        raise no_layers(args.model)
    return net


def _phase_with_data(args: argparse.Namespace, definition: Definition) -> int:
    """The one of the two phases in which the net has its data; TEST if both have."""
    from ..core.context import TEST, TRAIN
    from ..log import log
    from ..net.passes import has_its_bottoms

    complete = [
        phase
        for phase in (TEST, TRAIN)
        if has_its_bottoms(definition, phase, args.level or 0, stages(args))
    ]
    if complete != [TRAIN]:
        return TEST
    log.warning("%s: the net has its data in phase TRAIN only: this is TRAIN", args.model)
    return TRAIN
