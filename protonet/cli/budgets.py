"""--max-memory, --max-pixels and --max-layers, which every command has."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from ..budget import amount, set_budget

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
    group = parser.add_argument_group("budgets, for files of strangers")
    for name, text in _HELP.items():
        group.add_argument(f"--max-{name}", type=_amount, metavar="N", help=text)


@contextmanager
def budgets_set(args: argparse.Namespace) -> Iterator[None]:
    """In the body the budgets are those of the command line, where it names some."""
    chosen = {name: getattr(args, f"max_{name}", None) for name in _HELP}
    before = set_budget()
    set_budget(**{n: v if v is not None else getattr(before, n) for n, v in chosen.items()})
    try:
        yield
    finally:
        set_budget(*before)


def _amount(text: str) -> int:
    try:
        return amount(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
