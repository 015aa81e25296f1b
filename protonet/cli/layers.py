"""protonet layers: the known layer types, and the page of one."""

from __future__ import annotations

import argparse

from ..study.pages import page, summaries
from .common import add_plugins

HELP = "list the layer types, or print the page of one"

_EPILOG = """\
examples:
  protonet layers
  protonet layers Convolution
  protonet layers BN                      a type that means another layer in each of several forks
  protonet layers mine --plugin mylayers.py

'protonet explain TYPE' adds an example in numbers, forward and backward."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("type", nargs="?", help="a layer type, such as Convolution")
    add_plugins(parser)


def run(args: argparse.Namespace) -> int:
    if args.type is None:
        table = summaries()
        width = max(len(name) for name, _ in table)
        print("\n".join(f"{name:<{width}}  {line}" for name, line in table))
    else:
        print(page(args.type))
    return 0
