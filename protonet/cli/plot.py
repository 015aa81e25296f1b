"""protonet plot: the curves of trainings, from their logs."""

from __future__ import annotations

import argparse
import shutil

HELP = "draw loss, learning rate and test outputs from logs: in the terminal, as PNG or SVG"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "logs", nargs="+", metavar="LOG", help="log of protonet or Caffe, or file of --metrics"
    )
    parser.add_argument("--out", metavar="FILE", help="write a picture: .png or .svg")
    parser.add_argument(
        "--x",
        choices=["iterations", "seconds"],
        default="iterations",
        help="what is along the bottom (default: iterations)",
    )
    parser.add_argument(
        "--text", action="store_true", help="draw in the terminal (the default without --out)"
    )


def run(args: argparse.Namespace) -> int:
    from ..viz import logs, plots

    runs = [run for path in args.logs for run in logs.read_runs(path)]
    if args.out:
        plots.draw(runs, args.out, args.x)
    if args.text or not args.out:
        width = min(100, shutil.get_terminal_size((80, 24)).columns)
        print(plots.draw_text(runs, args.x, width))
    return 0
