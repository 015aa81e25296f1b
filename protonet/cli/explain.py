"""protonet explain: the page of a layer type, with an example in numbers."""

from __future__ import annotations

import argparse

from .common import add_plugins

HELP = "explain a layer type: formulas, and an example in numbers"

_EPILOG = """\
The example is a tiny net, computed when it is asked for: what goes in, what comes out, what
goes back, and some of the numbers spelled out, to be followed by hand.

examples:
  protonet explain Convolution
  protonet explain SoftmaxWithLoss | less
  protonet explain BN                     a type that means another layer in each of several forks

'protonet layers' lists the types.  In Python: print(protonet.explain("Convolution"))"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("type", help="a layer type, such as Convolution")
    add_plugins(parser)


def run(args: argparse.Namespace) -> int:
    from ..study.explain import explain

    print(explain(args.type))
    return 0
