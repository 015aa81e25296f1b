"""protonet upgrade: old definitions become current ones."""

from __future__ import annotations

import argparse

HELP = "bring an old net (text or binary) or solver up to date"

_EPILOG = """\
What IN holds is found out: a net as text, a net with weights (.caffemodel), or a solver.  OUT
gets the same form; it may be the file that is read, and is replaced if it exists.  Without OUT
a text goes to the standard output.  Comments and layout stay where single fields are what
changes (solvers, inputs at the head of a net, BatchNorm); V0 and V1 layers are written anew,
without their comments.

  protonet upgrade solver.prototxt solver.prototxt
  protonet upgrade old.prototxt --diff
  protonet upgrade old.caffemodel new.caffemodel

Exit code 1: something of IN has no place in a current definition; OUT was written without it,
and each loss is shown as a warning.  Also called upgrade_net_proto_text,
upgrade_net_proto_binary and upgrade_solver_proto_text."""

_INCOMPLETE = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("source", metavar="IN", help="the old file")
    parser.add_argument("target", metavar="OUT", nargs="?", help="what to write")
    parser.add_argument("--diff", action="store_true", help="print a unified diff of the two")
    parser.add_argument(
        "--kind", choices=["net", "solver"], help="what IN holds (default: found out)"
    )


def run(args: argparse.Namespace) -> int:
    from ..edit.upgrade import upgraded_text
    from ..files import atomic_write
    from ..log import log
    from ..proto.upgrade_file import difference, upgrade_file, write_upgraded
    from .main import UsageError
    from .output import print_text, to_bytes

    upgraded = upgrade_file(args.source, args.kind or "")
    if upgraded.binary and args.target is None and not args.diff:
        raise UsageError("a binary net needs the argument OUT")
    text = "" if upgraded.binary else upgraded_text(args.source, upgraded.new)
    if args.target is not None and upgraded.binary:
        write_upgraded(args.target, upgraded)
    elif args.target is not None:
        atomic_write(args.target, to_bytes(text))
    for loss in upgraded.losses:
        log.warning("%s: %s", args.source, loss)
    if args.diff:
        new_name = args.target or f"{args.source} (upgraded)"
        _print_lines(difference(upgraded, args.source, new_name))
    elif args.target is None:
        print_text(text)
    else:
        changes = upgraded.changes or ["is current, nothing was changed"]
        _print_lines([f"{args.source}: {change}" for change in changes])
    return 0 if upgraded.complete else _INCOMPLETE


def _print_lines(lines: list[str]) -> None:
    if lines:
        print("\n".join(lines))
