"""protonet plot: the curves of trainings, from their logs."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..viz.logs import Run

HELP = "draw loss, test outputs and learning rate from logs: in the terminal, as PNG or SVG"

_EPILOG = """\
LOG is a log of protonet, Caffe or NVIDIA's Caffe, or a file of protonet train --metrics.  Of one
training the losses share a panel; of several each quantity has one, with a colour for each run.
A terminal shows lines of dots in colours (not if NO_COLOR is set), a pipe gets plain characters.
Values that span more than a factor of 50 are drawn by powers of ten, unless --y says otherwise.

examples:
  protonet plot train.log
  protonet plot runs/a.log runs/b.log --out both.png
  protonet plot train.log --follow                 while it trains; Ctrl-C leaves, training goes on
  protonet plot train.log --follow --out loss.svg  the picture is written anew as the log grows"""

#: Columns beyond which curves do not become clearer.
_WIDEST = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "logs", nargs="+", metavar="LOG", help="log of protonet or Caffe, or file of --metrics"
    )
    parser.add_argument("--out", metavar="FILE", help="write a picture: .png, .svg or .pdf")
    parser.add_argument(
        "--x",
        choices=["iterations", "seconds"],
        default="iterations",
        help="what is along the bottom (default: iterations)",
    )
    parser.add_argument(
        "--y",
        choices=["auto", "linear", "log"],
        default="auto",
        help="how values go upwards (default: auto)",
    )
    parser.add_argument("--title", help="of the picture (default: the run and its last test)")
    parser.add_argument(
        "--text", action="store_true", help="draw in the terminal (the default without --out)"
    )
    parser.add_argument(
        "--follow", action="store_true", help="draw anew as the logs grow, until training ends"
    )


def run(args: argparse.Namespace) -> int:
    if args.follow:
        return _follow(args)
    runs = _read(args.logs)
    _draw(args, runs)
    if args.text or not args.out:
        print(_text(args, runs))
    return 0


def _read(paths: Sequence[str]) -> list[Run]:
    from ..viz import logs

    return [
        run
        for path, name in zip(paths, short_names(paths))
        for run in logs.read_runs(path, name=name)
    ]


def short_names(paths: Sequence[str]) -> list[str]:
    """As much of the end of each path as tells it from the others.

    >>> short_names(["runs/a/train.log", "runs/b/train.log", "c.log"])
    ['a/train.log', 'b/train.log', 'c.log']
    """
    parts = [os.path.normpath(path).split(os.sep) for path in paths]
    for count in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-count:]) for part in parts]
        if len(set(names)) == len(set(map(tuple, parts))):
            break
    return names


def _draw(args: argparse.Namespace, runs: Sequence[Run]) -> None:
    if args.out and runs:
        from ..viz import plots

        plots.draw(runs, args.out, args.x, scale=args.y, title=args.title)


def _text(args: argparse.Namespace, runs: Sequence[Run], lines: int | None = None) -> str:
    """lines: how high it may be."""
    from ..viz import charts
    from ..viz.raster import BRAILLE, PLAIN

    size = shutil.get_terminal_size((80, 24))
    seen = sys.stdout.isatty()
    style = BRAILLE if seen and _has_colours() else PLAIN
    width = min(_WIDEST, size.columns)
    height = lines if lines is not None else size.lines - 1 if seen else None
    return charts.draw_text(runs, args.x, width, height=height, style=style, scale=args.y)


def _has_colours() -> bool:
    """Whether the terminal has colours and the letters of Braille, and they are wanted."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM", "") in ("dumb", "")
    return encoding.startswith("utf") and not (plain and os.name == "posix")


# -- while it trains -------------------------------------------------------------------------


def _follow(args: argparse.Namespace) -> int:
    from ..viz.following import follow

    screen = _Screen(args)
    shown = args.text or not args.out
    try:
        for runs in follow(args.logs, lambda: _read(args.logs)):
            _draw(args, runs)
            if shown:
                screen.show(runs)
    except KeyboardInterrupt:
        pass
    if shown:
        screen.leave()
    return 0


class _Screen:
    """Shows each drawing in the place of the one before; in a pipe the last alone."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args: Any = args
        self._last: Sequence[Run] = ()
        self._lines = 0

    def show(self, runs: Sequence[Run]) -> None:
        self._last = runs
        if sys.stdout.isatty():
            names = ", ".join(short_names(self._args.logs))
            verb = "following" if runs else "waiting for"
            self._print(runs, f"{verb} {names}: Ctrl-C leaves, training goes on")

    def leave(self) -> None:
        """What remains to be seen."""
        self._print(self._last, "")

    def _print(self, runs: Sequence[Run], note: str) -> None:
        from ..viz.tables import shortened

        size = shutil.get_terminal_size((80, 24))
        seen = sys.stdout.isatty()
        back = f"\x1b[{self._lines}F\x1b[J" if self._lines else ""
        if self._lines >= size.lines:
            back = "\x1b[H\x1b[2J"
        chart = [_text(self._args, runs, size.lines - 2 if seen else None)] if runs else []
        text = "\n".join([*chart, *([shortened(note, size.columns - 1)] if note else [])])
        self._lines = text.count("\n") + 1
        if text or back:
            print(f"{back}{text}", end="\n" if text else "", flush=True)
