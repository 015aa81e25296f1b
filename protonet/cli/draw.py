"""protonet draw: a picture of a net."""

from __future__ import annotations

import argparse

from .look import add_look_arguments, look

HELP = "draw a net to a file: SVG, PNG, PDF, Graphviz's DOT or Mermaid"

_EPILOG = """\
The net goes from top to bottom.  A box is a layer, with those that work in place on its top
below it; a line is a blob, with its shape.  Neither data, weights nor Graphviz are needed; PNG
and PDF need Matplotlib (pip install protonet-caffe[plot]).  What nobody knows is drawn too, in a
red frame, and shapes behind it are question marks, unless --shape gives them.  Blocks are found by
the names of their layers, and where names do not tell by structure.

examples:
  protonet draw lenet lenet.svg
  protonet draw train_val.prototxt net.png --phase TRAIN --shape data=1,3,227,227
  protonet draw deploy.prototxt net.pdf
  protonet draw googlenet.prototxt blocks.svg --collapse
  protonet draw googlenet.prototxt net.svg --block inception_3a --block inception_3b
  protonet draw deploy.prototxt net.mermaid      for a page in Markdown"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", help="net prototxt, or the name of a model of ours")
    parser.add_argument(
        "out", help="file to write; its ending is the format: .svg .png .pdf .dot .gv .mermaid .mmd"
    )
    parser.add_argument(
        "--unfold", action="store_true", help="give layers that work in place boxes of their own"
    )
    parser.add_argument(
        "--collapse",
        action="store_true",
        help="draw each block of layers (inception_3a, res2a) as one box",
    )
    parser.add_argument(
        "--block",
        action="append",
        default=[],
        metavar="NAME",
        help="draw this block alone as one box; may be repeated",
    )
    add_look_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..errors import together
    from ..viz import formats
    from ..viz.collapse import collapse
    from ..viz.diagram import make_diagram
    from .main import UsageError

    if formats.form_of(args.out) not in formats.FORMATS:
        endings = ", ".join(formats.FORMATS)
        raise UsageError(f"{args.out}: the name of a drawing ends in one of {endings}")
    (net,) = look(args, args.phase)
    diagram = make_diagram(net, fold=not args.unfold)
    if args.collapse or args.block:
        diagram = collapse(diagram, args.block)
    formats.write(diagram, args.out)
    if net.faults:
        raise together(net.faults)
    return 0
