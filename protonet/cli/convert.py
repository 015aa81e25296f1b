"""protonet convert: nets and weights into the files of other tools, and back."""

from __future__ import annotations

import argparse
import importlib
from types import ModuleType

HELP = "convert nets and weights between Caffe's files and those of other tools"

#: The ways there are, each a module of this package: TITLE and EXAMPLES for the help,
#: suits(files) -> bool, add_arguments(group), run(args) -> exit code, with the files in
#: `args.files`, and maybe SHARED, the names of other ways' options that it takes as well.  The
#: first that suits the names of the files goes.
WAYS = ("convert_weights", "convert_to_onnx", "convert_to_int8", "convert_from_onnx")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    ways = [_load(name) for name in WAYS]
    parser.epilog = "examples:\n" + "\n\n".join(way.EXAMPLES.strip("\n") for way in ways)
    parser.add_argument("files", nargs="+", metavar="FILE", help="what to read, then what to write")
    given = {}
    for way in ways:
        group = parser.add_argument_group(way.TITLE)
        way.add_arguments(group)
        given[way.TITLE] = group._group_actions
    parser.set_defaults(options_of_ways=given)


def run(args: argparse.Namespace) -> int:
    from .main import UsageError

    ways = [_load(name) for name in WAYS]
    chosen = next((way for way in ways if way.suits(args.files)), None)
    if chosen is None:
        known = "; ".join(way.TITLE for way in ways)
        raise UsageError(f"nothing is known to make of {' '.join(args.files)}: there is {known}")
    fine = getattr(chosen, "SHARED", ())
    for title, options in args.options_of_ways.items():
        for option in options:
            strange = title != chosen.TITLE and option.dest not in fine
            if strange and getattr(args, option.dest) != option.default:
                raise UsageError(f"{option.option_strings[0]} is for another way: {title}")
    return int(chosen.run(args))


def _load(name: str) -> ModuleType:
    return importlib.import_module(f".{name}", __package__)
