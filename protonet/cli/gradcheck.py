"""protonet gradcheck: the gradient of every layer of a net against differences."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .common import add_consent, add_net_arguments, positive, stages
from .models import TRAIN_TEST, model_file

if TYPE_CHECKING:
    from ..study.gradcheck import ArrayCheck, LayerCheck

HELP = "check the gradient of every layer of a net against differences"

_EPILOG = """\
In float64, layer by layer, with the values that come by in one pass: each bottom and each
parameter that takes a gradient is moved a little up and down, all of its values at once and some
alone, and what comes out is held against what backward says.  Neither a loss nor data is needed:
where data are missing, and in Input layers, random values stand.

examples:
  protonet gradcheck lenet
  protonet gradcheck net.prototxt --plugin mylayers.py --layer mine
  protonet gradcheck train_val.prototxt net.caffemodel --singles 50 --json

In Python: for check in protonet.gradcheck("net.prototxt"): print(check.name, check.passes())
Exit code: 1 if a gradient is wrong, 0 otherwise."""

_HEADS = ("layer", "type", "gradient", "shape", "alone", "error")
_WIDTHS = (16, 16, 9, 14, 5, 8)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", help="net prototxt, or the name of a model of ours")
    parser.add_argument("weights", nargs="?", help="a .caffemodel or .h5 to begin with")
    parser.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="NAME",
        help="check this layer only; may be repeated",
    )
    parser.add_argument(
        "--singles",
        type=positive,
        default=12,
        metavar="N",
        help="values of each array that are moved alone (default: 12)",
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=1e-5,
        metavar="X",
        help="relative error up to which a gradient is right (default: 1e-5)",
    )
    parser.add_argument("--seed", type=int, default=1701, metavar="N", help="of all that is drawn")
    parser.add_argument(
        "--phase", choices=["TRAIN", "TEST"], default="TRAIN", help="default: TRAIN"
    )
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    add_consent(parser)
    add_net_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..core.context import TEST, TRAIN
    from ..study.gradcheck import gradcheck

    checks = gradcheck(
        model_file(args.model, TRAIN_TEST),
        args.weights,
        layers=args.layer,
        singles=args.singles,
        tolerance=args.tolerance,
        seed=args.seed,
        phase=TRAIN if args.phase == "TRAIN" else TEST,
        level=args.level or 0,
        stages=stages(args),
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    if args.json:
        found = list(checks)
        print(json.dumps([_as_json(check, args.tolerance) for check in found], indent=2))
    else:
        found = list(_shown(checks, args.tolerance))
    return int(not all(check.passes(args.tolerance) for check in found))


def _shown(checks: Iterator[LayerCheck], tolerance: float) -> Iterator[LayerCheck]:
    """Print each check when it is there, and a summary at the end."""
    print(_line(_HEADS))
    print("-" * len(_line(_HEADS)))
    seen = []
    for check in checks:
        for line in _lines(check, tolerance):
            print(line, flush=True)
        seen.append(check)
        yield check
    print("\n".join(["", *_told(seen, tolerance)]))


def _told(seen: list[LayerCheck], tolerance: float) -> Iterator[str]:
    """What the table cannot say: each fault, what is meant to be so, and how it was done."""
    for check in seen:
        where = f"layer '{check.name}' ({check.type})"
        if check.exempt and check.arrays:
            yield f"{where}: no derivative on purpose: {check.note}"
        for each in check.arrays:
            if not (check.exempt or check.fits(each, tolerance)):
                yield f"{where}: {each.name} {each.worst}"
    arrays = [each for check in seen for each in check.arrays]
    wrong = sum(not check.passes(tolerance) for check in seen)
    yield (
        f"{len(arrays)} gradients, wrong in {wrong or 'no'} layer{'s' * (wrong > 1)}: the largest "
        f"relative error of each, right up to {tolerance:g}"
    )
    if any(each.singles < each.count for each in arrays):
        yield "alone: so many of an array's values, drawn at random, were moved one by one"
    if any(each.kinks for each in arrays):
        yield "kink: the function bends there; backward lies between the slopes on both sides"


def _lines(check: LayerCheck, tolerance: float) -> Iterator[str]:
    from ..viz.tables import shape_text, shortened

    names = [shortened(name, width) for name, width in zip((check.name, check.type), _WIDTHS)]
    if not check.arrays:
        yield _line((*names, f"({check.note})"))
    for each in check.arrays:
        moved = str(each.singles) if each.singles < each.count else "all"
        cells = (*names, each.name, shape_text(each.shape), moved, f"{each.worst.error:.1e}")
        yield f"{_line(cells)}{_remark(check, each, tolerance)}"
        names = ["", ""]


def _remark(check: LayerCheck, each: ArrayCheck, tolerance: float) -> str:
    if check.fits(each, tolerance):
        return "  kink" if each.kinks else ""
    return "  meant" if check.exempt else "  WRONG"


def _line(cells: tuple[str, ...]) -> str:
    words = [
        cell.ljust(width) if i < 3 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, _WIDTHS))
    ]
    return " ".join(words).rstrip()


def _as_json(check: LayerCheck, tolerance: float) -> dict[str, Any]:
    return {
        "layer": check.name,
        "type": check.type,
        "index": check.index,
        "passes": check.passes(tolerance),
        "error": check.error,
        "note": check.note,
        "gradients": [
            {
                "of": each.name,
                "blob": each.blob,
                "shape": list(each.shape),
                "values": each.count,
                "moved_alone": each.singles,
                "kinks": each.kinks,
                "error": each.worst.error,
                "at": None if each.worst.where is None else list(each.worst.where),
                "backward": each.worst.got,
                "differences": each.worst.want,
            }
            for each in check.arrays
        ],
    }
