"""What a command line names, for the page: with the states of its nets, and what check says."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..check import Options, check_text
from ..check.states import label, meant
from ..core.context import TEST, TRAIN
from ..core.registry import known_fork
from ..errors import NetError
from ..net.passes import filter_by_state, with_state
from ..proto.source_map import Definition
from ..proto.text import content_of
from ..study.pages import page
from ..viz.web.viewed import State, Tools, Viewed
from .common import stages
from .models import DEPLOY, model_file


def opened(args: argparse.Namespace) -> Viewed:
    """The file, as it is now."""
    file = model_file(args.file, DEPLOY)
    text, _ = content_of(Path(file))
    options = {
        "open_data": False,
        "shapes": dict(args.shape),
        "fork": known_fork(args.fork),
        "rcnn_config": args.rcnn_config,
    }
    checks = Options(options["fork"], options["shapes"])

    def findings(text: str, file: str) -> list[dict[str, Any]]:
        return [finding.as_json() for finding in check_text(text, file, checks)]

    def states(definition: Definition) -> tuple[Sequence[State], int]:
        return _states(definition, args)

    return Viewed(file, text, Tools(states, findings, _page), options)


def _states(definition: Definition, args: argparse.Namespace) -> tuple[Sequence[State], int]:
    """The states that a net is meant for, those with the same layers as one, and the number of the
    one to begin with: what the command line asks for, else TEST."""
    phase = TRAIN if args.phase == "TRAIN" else TEST
    wanted = meant(definition)
    if args.level or args.stage:
        given = (args.level or 0, stages(args))
        wanted = [with_state(definition, each, *given) for each in (TRAIN, TEST)]
    alike: dict[tuple[int, ...], list[Definition]] = {}
    for each in wanted:
        layers = tuple(map(id, filter_by_state(each).places))
        if layers:
            alike.setdefault(layers, []).append(each)
    groups = [
        sorted(group, key=lambda d: d.message.state.phase != phase) for group in alike.values()
    ]
    found = [State(_label(group), group[0]) for group in groups]
    begin = (i for i, group in enumerate(groups) if group[0].message.state.phase == phase)
    return found, next(begin, 0)


def _label(alike: Sequence[Definition]) -> str:
    return ", ".join(sorted({label(each.message.state) for each in alike}, reverse=True))


def _page(type_name: str) -> str:
    try:
        return page(type_name)
    except NetError:
        return ""
