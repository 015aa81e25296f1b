"""protonet check: all that is wrong with nets and solvers, in one go."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from typing import TYPE_CHECKING

from ..log import quiet
from .common import add_plugins, add_shapes

if TYPE_CHECKING:
    from ..check import Finding

HELP = "find what is wrong with nets and solvers, all in one go"

_EPILOG = """\
Neither data nor weights are needed, and nothing is run.  A solver is checked with its nets, a
folder with all the .prototxt files in it.

  protonet check models/lenet_train_test.prototxt
  protonet check --least warning .
  protonet check --sarif . > findings.sarif
  protonet check --states train_val.prototxt
  protonet check --paths solver.prototxt
  protonet check --explain batchnorm-single

Each line is  file:line:column: severity[code]: what: what to do.  An error will not run or is
certainly wrong, a warning runs and is probably not meant, a note is worth knowing.
Exit code: 3 if there are errors, 1 if there are warnings, 0 otherwise."""

_CODES = {"error": 3, "warning": 1, "note": 0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="*", metavar="FILE", help="a net, a solver or a folder")
    parser.add_argument(
        "--least", choices=["note", "warning", "error"], default="note", help="leave out the rest"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the findings as JSON")
    form.add_argument(
        "--sarif", action="store_true", help="as SARIF 2.1.0, for editors and reviews"
    )
    form.add_argument(
        "--states", action="store_true", help="print which layers each phase and stage contains"
    )
    form.add_argument(
        "--paths", action="store_true", help="print all that would be read, written or imported"
    )
    form.add_argument(
        "--explain", nargs="?", const="", metavar="CODE", help="what a code means; all codes"
    )
    parser.add_argument("--fork", default="", metavar="NAME", help="whose layer a type means")
    add_shapes(parser)
    add_plugins(parser)


def run(args: argparse.Namespace) -> int:
    from .main import UsageError

    if args.explain is not None:
        print(explained(args.explain) if args.explain else codes())
        return 0
    if not args.files:
        raise UsageError("no FILE to check: see 'protonet check --help'")
    with quiet:  # what would be logged is among the findings
        if args.paths:
            return _paths(args.files)
        return _states(args.files) if args.states else _check(args)


def _check(args: argparse.Namespace) -> int:
    from ..check import Severity
    from ..check.run import check_all, files_in
    from ..check.subject import Options
    from ..core.registry import known_fork

    options = Options(known_fork(args.fork), dict(args.shape))
    files = [file for path in args.files for file in files_in(path)]
    least = Severity[args.least.upper()]
    found: list[Finding] = []
    for each in check_all(files, options):
        fresh = [finding for finding in each if finding.severity >= least]
        found += fresh
        if not (args.json or args.sarif):
            print("".join(f"{finding}\n" for finding in fresh), end="", flush=True)
    if args.json:
        print(json.dumps([finding.as_json() for finding in found], indent=2))
    elif args.sarif:
        from .. import __version__
        from ..check.sarif import to_sarif

        print(json.dumps(to_sarif(found, __version__), indent=2))
    else:
        print(_summary(found, len(files)), file=sys.stderr)
    return max((_CODES[str(finding.severity)] for finding in found), default=0)


def _summary(found: list[Finding], files: int) -> str:
    counts = {word: sum(str(f.severity) == word for f in found) for word in _CODES}
    words = [f"{count} {word}{'s' * (count != 1)}" for word, count in counts.items() if count]
    return f"{', '.join(words) or 'no findings'} in {files} file{'s' * (files != 1)}"


def _paths(files: list[str]) -> int:
    from ..check.paths import paths_in
    from ..check.run import files_in

    for file in (each for path in files for each in files_in(path)):
        for named in paths_in(file):
            print(named)
    return 0


def _states(files: list[str]) -> int:
    from ..check.run import files_in, is_solver
    from ..check.states import matrix
    from ..net.types import read_definition

    for file in (each for path in files for each in files_in(path)):
        if file not in files and is_solver(file):
            continue
        groups, rows = matrix(read_definition(file, partial=True))
        width = max((len(name) for name, _ in rows), default=0)
        print(f"{file}:")
        for number, group in enumerate(groups, 1):
            print(f"  {number}: {', '.join(group)}")
        print("layer".ljust(width), *(f"{n:>2}" for n in range(1, len(groups) + 1)))
        for name, present in rows:
            print(name.ljust(width), *(" x" if is_in else " -" for is_in in present))
    return 0


def codes() -> str:
    """A line for each code."""
    from ..check import RULES
    from ..check.sarif import summary

    width = max(map(len, RULES))
    return "\n".join(
        f"{code:<{width}}  {cls.severity!s:<7}  {summary(cls)}" for code, cls in RULES.items()
    )


def explained(code: str) -> str:
    """The page of a code: what it means, and its two examples.  NetError if there is none."""
    from ..check import RULES
    from ..check.sarif import explanation
    from ..errors import NetError

    if code not in RULES:
        hint = RULES.nearest(code) or "'protonet check --explain' lists them"
        raise NetError(f"no finding has the code '{code}'", hint)
    cls = RULES[code]
    page = textwrap.fill(explanation(cls), 79, break_on_hyphens=False)
    bad, good = (textwrap.indent(text, "    ").rstrip() for text in (cls.bad, cls.good))
    return f"{code} ({cls.severity})\n\n{page}\n\nFound:\n\n{bad}\n\nRight:\n\n{good}"
