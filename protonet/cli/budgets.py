"""--max-memory, --max-pixels, --max-layers and --root, which every command has."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ..budget import amount, set_budget
from ..files import confine

_HELP = {
    "memory": "bytes that a net, blob or file may take, such as 8GiB (default: all there is)",
    "pixels": "pixels that a picture may have (default: 100M)",
    "layers": "layers that a net may have (default: 100k)",
}


def add_budgets(parser: argparse.ArgumentParser) -> None:
    """To the parser, or to those of its actions if it has some."""
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in actions:
        for inner in dict.fromkeys(action.choices.values()):
            add_budgets(inner)
    if actions:
        return
    group = parser.add_argument_group("limits, for files of strangers")
    for name, text in _HELP.items():
        group.add_argument(f"--max-{name}", type=_amount, metavar="N", help=text)
    group.add_argument(
        "--root",
        dest="confine",
        type=_folder,
        metavar="DIR",
        help="no path named in a file may lead out of this folder, symbolic links included",
    )


@contextmanager
def budgets_set(args: argparse.Namespace) -> Iterator[None]:
    """In the body the limits are those of the command line, where it names some."""
    chosen = {name: getattr(args, f"max_{name}", None) for name in _HELP}
    before = set_budget()
    set_budget(**{n: v if v is not None else getattr(before, n) for n, v in chosen.items()})
    folder = confine(getattr(args, "confine", None))
    try:
        yield
    finally:
        set_budget(*before)
        confine(folder)


def _folder(text: str) -> str:
    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no folder")
    return text


def _amount(text: str) -> int:
    try:
        return amount(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
