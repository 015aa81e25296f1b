"""protonet view: a net in the browser."""

from __future__ import annotations

import argparse
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING, Any

from .common import add_net_arguments, add_shapes
from .predict import add_preprocessing

if TYPE_CHECKING:
    from ..viz.web.viewed import Viewed

HELP = "look at a net in the browser"

_EPILOG = """\
The page is served on this machine alone, at an address that nobody can guess, until Ctrl-C.  It
loads nothing from elsewhere.  With --html it is written to one file instead, which needs neither
server nor network; the exit code is 3 if the text cannot be read.  Neither data nor weights are
needed; no code of a model is run.  What nobody knows is shown too, and shapes behind it are
question marks, unless --shape gives them.

With WEIGHTS there are filters, histograms and statistics; with --input the activations of every
blob, the classes, boxes or masks found, and where in the picture a class is seen.  The editor of
the page draws while you type, and saves the one file that was opened.  Other files open by
dropping them on the page.

examples:
  protonet view lenet
  protonet view train_val.prototxt --phase TRAIN --shape data=1,3,227,227
  protonet view deploy.prototxt --html net.html
  protonet view solver.prototxt                     its nets, and the learning rate
  protonet view deploy.prototxt net.caffemodel      filters, histograms, statistics
  protonet view deploy.prototxt net.caffemodel --input cat.jpg --labels synset_words.txt
  protonet view solver.prototxt --log train.log     curves that grow with the training
  protonet view old.prototxt --diff new.prototxt    side by side, what differs in colour
  protonet view deploy.prototxt --no-browser --port 8000"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "file", help="net or solver prototxt, .caffemodel, or the name of a model of ours"
    )
    parser.add_argument("weights", nargs="?", help="trained weights, to look at and to run with")
    parser.add_argument("--diff", metavar="OTHER", help="a second net, shown beside the first")
    parser.add_argument("--html", metavar="OUT", help="write the page to this file and end")
    parser.add_argument(
        "--phase", choices=["TRAIN", "TEST"], help="what to begin with; the page has both"
    )
    parser.add_argument("--port", type=_port, default=0, help="of the server; default: a free one")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    add_shapes(parser)
    add_net_arguments(parser)
    group = parser.add_argument_group("a picture through the net, and a training")
    group.add_argument(
        "--input", metavar="IMAGE", help="show what the net, with WEIGHTS, makes of this picture"
    )
    group.add_argument("--labels", metavar="FILE", help="names of classes, as for predict")
    group.add_argument("--log", metavar="FILE", help="draw this log of a training, while it grows")
    add_preprocessing(group)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: give 1 to 65535")
    return int(text)


def run(args: argparse.Namespace) -> int:
    from ..files import atomic_write
    from ..viz.web.page import whole_page
    from ..viz.web.providers import answers
    from .viewed import viewed

    shown = viewed(args)
    if args.html:
        document = shown.document()
        atomic_write(args.html, whole_page({**document, "answers": answers(shown)}))
        return _unreadable(document)
    return _serve(shown, args)


def _unreadable(document: dict[str, Any]) -> int:
    """The exit code; says why the page of a text that cannot be read shows no net."""
    from .main import BAD_INPUT, say

    if document["nets"] or document["solver"]:
        return 0
    errors = [each for each in document["findings"] if each["severity"] == "error"]
    for each in errors:
        say(f"error: {each['file']}:{each['line']}:{each['column']}: {each['what']}")
    return BAD_INPUT if errors else 0


def _serve(viewed: Viewed, args: argparse.Namespace) -> int:
    from ..errors import ProtonetError
    from ..viz.web.server import PageServer

    try:
        server = PageServer(viewed, args.port)
    except OSError as error:
        what = f"port {args.port} cannot be had: {error.strerror}"
        raise ProtonetError(what, "give another --port, or none for a free one") from error
    with server:
        print(f"{server.address}\nCtrl-C ends it.", flush=True)
        if not args.no_browser:  # beside, since a browser of a terminal stays until it is left
            threading.Thread(target=webbrowser.open, args=[server.address], daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print(file=sys.stderr)
    return 0
